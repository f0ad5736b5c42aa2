"""Made-up people, the same ones every time: number n is always the same person."""

from typing import Any

_FIRST = (
    "Ada Alan Alice Amara Amir Ana Andre Anna Aria Arjun Astrid Ben Bianca Boris Bruno Camila Carl Carmen Cesar Chloe "
    "Clara Cole Dana Daniel David Diego Dora Elena Eli Emil Emma Erik Esther Eva Fatima Felix Finn Flora Frank Freya "
    "Gabriel Gemma George Gina Grace Hana Harold Hasan Helen Henry Ida Igor Ines Ingrid Iris Isaac Ivan Jack James "
    "Jane Jasper Jean Jin Joan John Jonas Julia Kai Karen Karl Kate Kenji Kira Lars Laura Leah Leo Lila Linda Lisa "
    "Luca Lucia Luis Maja Marco Maria Marta Mary Max Maya Mei Mia Michael Mila Nadia Nia Nils Noah Nora Olga Olivia "
    "Omar Oscar Otto Pablo Paul Petra Priya Quinn Rafael Raj Rita Rosa Ruth Sam Sara Sofia Sonja Stefan Tara Theo Tim "
    "Tina Tom Uma Vera Viktor Walter Wendy Xenia Yara Yusuf Zara Zoe"
)
_LAST = (
    "Abbott Acosta Adams Ahmed Allen Almeida Anders Baker Barnes Becker Bell Bennett Berg Bianchi Blake Bose Brandt "
    "Brooks Brown Burke Burns Carter Castro Chan Chen Clark Cohen Cole Collins Cook Costa Cruz Dahl Davis Diaz Dubois "
    "Duran Edwards Ellis Evans Farah Fischer Flores Foster Fox Garcia Gibson Gomez Graham Grant Gray Green Gupta Haas "
    "Hall Hansen Harris Hart Hayes Hill Holm Howard Hughes Hunt Ibrahim Ito Jackson Jansen Jensen Johnson Jones Jung "
    "Kang Kaur Kelly Khan Kim King Klein Koch Kowalski Kumar Lane Larsen Lee Lewis Li Lopez Lund Marin Marsh Martin "
    "Mason Mendez Meyer Miller Mills Moore Morales Moreno Morgan Moser Mueller Murphy Nakamura Nelson Nguyen Nolan "
    "Novak Olsen Ortiz Owens Park Parker Patel Perez Perry Petrov Pham Phillips Popov Price Ramos Reed Reyes Rivera "
    "Roberts Rossi Roy Ruiz Sanchez Santos Sato Schmidt Scott Shah Silva Singh Smith Sousa Stone Sullivan Suzuki Tan "
    "Taylor Thomas Torres Turner Vargas Vega Wagner Walker Wang Ward Weber West White Wilson Wolf Wong Wright Wu Yang "
    "Young Zhang Ziegler"
)
_CITIES = (
    "Austin Boston Chicago Dallas Denver Detroit Fresno Houston Memphis Miami Milwaukee Nashville Oakland Omaha "
    "Orlando Phoenix Pittsburgh Portland Raleigh Sacramento Seattle Tampa Tucson Tulsa Wichita"
)
FIRST, LAST, CITIES = _FIRST.split(), _LAST.split(), _CITIES.split()
AREA_CODES = (202, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 816, 917)
RARE_TAG_EVERY, RARE_NAME_EVERY = 20_000, 50_000


def names(n: int) -> tuple[str, str]:
    """First and last name of person n; one in 50,000 bears a name nobody else has."""
    x = (n * 2_654_435_761) & 0xFFFFFFFF
    last = f"Quillfeather{n // RARE_NAME_EVERY}" if n % RARE_NAME_EVERY == 77 else LAST[(x >> 7) % len(LAST)]
    return FIRST[(x >> 15) % len(FIRST)], last


def email(n: int) -> str:
    """The address of person n, which nobody shares."""
    first, last = names(n)
    return f"{first}.{last}.{n}@example{n % 97}.com".lower()


def phone_digits(n: int) -> str:
    """The ten digits of person n, scattered over the number range."""
    return f"{AREA_CODES[n % 16]}{2_000_000 + (n // 16 * 7_919) % 7_999_993}"


def national(n: int) -> str:
    """The phone number as people in the country write it."""
    d = phone_digits(n)
    return f"({d[:3]}) {d[3:6]}-{d[6:]}"


def tags(n: int) -> list[str]:
    """One common tag for every third, one of 500 for all, and a rare one."""
    out = [f"segment-{n % 500}"]
    if n % 3 == 0:
        out.append("customer")
    if n % RARE_TAG_EVERY == 5:
        out.append("press")
    return out


def person(n: int) -> dict[str, Any]:
    """What a client sends to create person n."""
    first, last = names(n)
    return {
        "firstName": first, "lastName": last, "email": email(n), "phone": national(n), "tags": tags(n),
        "city": CITIES[n % len(CITIES)], "address1": f"{n % 9_900 + 100} Main Street", "state": "TX", "country": "US",
        "postalCode": f"{10_000 + n % 89_000}", "companyName": f"{last} & Sons", "source": "benchmark",
    }  # fmt: skip
