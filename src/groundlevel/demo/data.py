"""What the demo is made of. Phone numbers are from the range kept for fiction; mail goes to example.com."""

from typing import Literal

from msgspec import Struct

FIRST, LAST = (
    words.split()
    for words in (
        "Ava Ben Carla Dmitri Elena Farid Grace Hugo Imani Jonas Keiko Liam Maya Noah Olga Priya Quinn Rosa Samir "
        "Tessa Uma Viktor Wendy Ximena Yusuf Zoe Amara Bruno Chloe Diego",
        "Abbott Barnes Castillo Dawson Ekström Fischer Garcia Huang Ibrahim Jensen Kowalski Lopez Murray Nakamura "
        "O'Neil Petrov Quigley Romero Silva Tanaka Ueda Vargas Walsh Xu Young Zimmerman Brandt Costa",
    )
)


class Person(Struct, frozen=True):
    """A user of the demo. `works_at`: the indexes of their sub-accounts; everywhere when empty."""

    first: str
    last: str
    kind: Literal["agency", "account"]
    role: Literal["admin", "user"]
    works_at: tuple[int, ...] = ()


PEOPLE = (
    Person("Nadia", "Brooks", "agency", "admin"),
    Person("Marcus", "Hale", "account", "admin", (0,)),
    Person("Sofia", "Reyes", "account", "user", (0,)),
    Person("Tom", "Whitfield", "account", "admin", (1,)),
    Person("Lena", "Fry", "account", "user", (1,)),
)
"""The first one owns the agency."""


class Field(Struct, frozen=True):
    """A custom field. `everyone`: the newest contacts may have it too; the others are for customers only."""

    name: str
    type: str
    options: tuple[str, ...] = ()
    everyone: bool = False


class Place(Struct, frozen=True):
    """A sub-account and what fills it. `cities`: (name, area code, postal code). `pets`: whether they come along."""

    name: str
    state: str
    timezone: str
    contacts: int
    cities: tuple[tuple[str, str, str], ...]
    streets: tuple[str, ...]
    sources: tuple[str, ...]
    lead_tags: tuple[str, ...]
    customer_tags: tuple[str, ...]
    fields: tuple[Field, ...]
    businesses: tuple[str, ...]
    campaigns: tuple[str, ...]
    workflows: tuple[str, ...]
    notes: tuple[str, ...]
    tasks: tuple[str, ...]
    pets: bool = False


DENTAL = Place(
    name="Harbor Street Dental",
    state="OR",
    timezone="America/Los_Angeles",
    contacts=190,
    cities=(("Portland", "503", "97205"), ("Eugene", "541", "97401"), ("Salem", "971", "97301")),
    streets=("Harbor Street", "Alder Avenue", "Fremont Road", "Burnside Street", "Laurel Lane"),
    sources=("website form", "google ads", "referral", "walk-in", "facebook"),
    lead_tags=("new lead", "web inquiry", "whitening offer"),
    customer_tags=("patient", "insured", "family", "invisalign"),
    fields=(
        Field("How did you hear about us", "TEXT", everyone=True),
        Field("Preferred dentist", "SINGLE_OPTIONS", ("Dr. Okafor", "Dr. Lindqvist", "No preference"), everyone=True),
        Field("Insurance", "RADIO", ("Private", "Employer", "None")),
        Field("Visits", "NUMERICAL"),
        Field("Balance", "MONETORY"),
        Field("Last cleaning", "DATE"),
        Field("Treatments", "MULTIPLE_OPTIONS", ("Cleaning", "Filling", "Crown", "Whitening", "Invisalign")),
        Field("Reminders by", "CHECKBOX", ("SMS", "Email", "Call")),
    ),
    businesses=("Pearl District Bakery", "Cascade Outfitters", "Willamette Software", "Rose City Cycles"),
    campaigns=("Welcome new patients", "Six-month recall"),
    workflows=("Missed call text-back", "Review request after visit", "No-show follow-up"),
    notes=(
        "Asked about payment plans; sent the brochure.",
        "Prefers appointments before nine.",
        "Nervous about drilling. Offer the quiet room.",
        "Moved here in spring, records requested from the previous dentist.",
        "Whole family will come along.",
    ),
    tasks=("Call back about the quote", "Send the intake form", "Check the insurance cover", "Book the follow-up"),
    pets=True,
)

FITNESS = Place(
    name="Northside Fitness",
    state="IL",
    timezone="America/Chicago",
    contacts=120,
    cities=(("Chicago", "312", "60614"), ("Evanston", "847", "60201")),
    streets=("Clark Street", "Sheridan Road", "Lincoln Avenue", "Damen Avenue"),
    sources=("instagram", "website form", "member referral", "open day"),
    lead_tags=("trial", "open day", "price asked"),
    customer_tags=("member", "personal training", "early bird"),
    fields=(
        Field("Referred by", "TEXT", everyone=True),
        Field(
            "Goal", "SINGLE_OPTIONS", ("Lose weight", "Build muscle", "Stay healthy", "Train for a race"), everyone=True
        ),
        Field("Membership", "RADIO", ("Monthly", "Yearly", "Ten sessions")),
        Field("Monthly fee", "MONETORY"),
        Field("Member since", "DATE"),
        Field("Sessions left", "NUMERICAL"),
        Field("Classes", "MULTIPLE_OPTIONS", ("Yoga", "Spin", "Boxing", "Pilates", "Rowing")),
    ),
    businesses=("Lakeview Physio", "Wicker Park Running Club"),
    campaigns=("Trial week", "Win back former members"),
    workflows=("Trial follow-up", "Birthday greeting"),
    notes=(
        "Wants a female trainer.",
        "Knee surgery two years ago; no jumping.",
        "Asked to freeze the membership over the summer.",
        "Came with a friend, both interested in the pair rate.",
    ),
    tasks=("Invite to a trial class", "Ask for feedback after the first month", "Renew the membership"),
)

PLACES = (DENTAL, FITNESS)
AGENCY = "Lighthouse Local Marketing"
HEARD = ("A neighbour", "Radio", "Search", "A flyer", "My sister", "Passing by")
