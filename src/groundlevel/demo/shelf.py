"""What the demo's sub-accounts and their agency keep at hand: values, templates, links, files, menu entries."""

from groundlevel.areas.custom_menus.custom_menus import Icon, NewMenu, create_custom_menu
from groundlevel.areas.links.links import NewLink, create_link
from groundlevel.areas.locations.custom_values import CustomValueInput, create_custom_value
from groundlevel.areas.locations.templates import NewTemplate, create_template
from groundlevel.areas.medias.medias import NewFolder, create_media_folder
from groundlevel.areas.medias.uploads import Upload, upload_media_content
from groundlevel.areas.outbox.providers import NewProvider, connect_provider
from groundlevel.demo.data import Place
from groundlevel.kernel.ctx import Ctx

LINKS = ("Book a visit", "Leave a review", "Our offers")
FILES = ("Logo.png", "Team.jpg", "Price list.pdf")
SMS, MAIL = "We look forward to seeing you tomorrow.", "<p>Thank you for getting in touch.</p>"


def stock(ctx: Ctx, place: Place) -> None:
    """What a sub-account sends and refers to."""
    here, site = ctx.location_id, f"https://example.com/{place.name.lower().replace(' ', '-')}"
    values = {"Opening hours": "Mon to Fri, 8 to 6", "Front desk": f"+1{place.cities[0][1]}5550199", "Website": site}
    for name, value in values.items():
        create_custom_value(ctx, here, CustomValueInput(name=name, value=value))
    create_template(ctx, here, NewTemplate(name="Reminder", type="sms", body=SMS))
    create_template(ctx, here, NewTemplate(name="Welcome", type="email", subject=f"Hello from {place.name}", html=MAIL))
    connect_provider(ctx, here, NewProvider(name="Carrier", type="SMS"))
    connect_provider(ctx, here, NewProvider(name="Mail", type="Email"))
    for name in LINKS:
        create_link(ctx, NewLink(name=name, redirect_to=f"{site}/{name.lower().replace(' ', '-')}", location_id=here))
    folder = create_media_folder(ctx, NewFolder(location_id=here, alt_type="location", name="Branding"))
    for name in FILES:
        address = f"{site}/{name.lower().replace(' ', '-')}"
        upload_media_content(ctx, Upload(hosted=True, file_url=address, name=name, parent_id=folder.id))


def stock_agency(ctx: Ctx) -> None:
    """What the agency adds to everybody's menus."""
    for title, name in (("Help", "circle-question"), ("Reports", "chart-line")):
        menu = NewMenu(
            title=title, url=f"https://example.com/{title.lower()}", icon=Icon(name=name, font_family="fas"),
            show_on_company=True, show_on_location=True, show_to_all_locations=True, open_mode="iframe", locations=[],
            user_role="all",
        )  # fmt: skip
        create_custom_menu(ctx, menu)
