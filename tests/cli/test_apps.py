"""Apps by the command line."""

from tests.cli.commands import Commands


def test_from_registering_to_removing(commands: Commands) -> None:
    commands.json("init")
    made = commands.json(
        "app", "create", "Texter", "--scope", "contacts.readonly", "--redirect", "https://texter.example/back", "--bulk"
    )
    assert (made["name"], made["scopes"], made["bulkInstallation"]) == ("Texter", ["contacts.readonly"], True)
    assert made["clientId"].startswith(f"{made['id']}-") and len(made["clientSecret"]) == 36
    listed = commands.json("app", "list")
    assert [a["clientKeys"][0]["hint"] for a in listed] == [made["clientSecret"][-4:]]
    assert commands.json("app", "show", made["id"]) == listed[0]
    assert made["clientId"] in commands.run("app", "show", made["id"])

    key = commands.json("app", "keys", made["id"], "--create", "Second")
    again = commands.json("app", "keys", made["id"], "--rotate", key["id"])
    assert (again["id"], again["clientSecret"] != key["clientSecret"]) == (key["id"], True)
    left = commands.json("app", "keys", made["id"], "--delete", made["clientId"])
    assert [k["id"] for k in left] == [key["id"]]

    before = commands.json("app", "scopes", made["id"])
    after = commands.json("app", "scopes", made["id"], "--scope", "contacts.write", "--scope", "contacts.readonly")
    assert (before["scopes"], after["scopes"]) == (["contacts.readonly"], ["contacts.write", "contacts.readonly"])
    assert before["versionId"] != after["versionId"]
    uris = commands.json("app", "redirects", made["id"], "--uri", "http://localhost:3000/back")
    assert uris == {"redirectUris": ["http://localhost:3000/back"]}
    assert commands.json("app", "redirects", made["id"]) == uris

    assert commands.json("app", "delete", made["id"]) == {"succeeded": True, "uninstalled": 0}
    assert commands.json("app", "list") == []
    assert "There are no apps yet" in commands.run("app", "list")


def test_what_is_wrong_is_said(commands: Commands) -> None:
    commands.json("init")
    assert "No operation asks for contacts.everything" in commands.run(
        "app", "create", "A", "--scope", "contacts.everything", code=1
    )
    for uri in ("http://example.com", "https://example.com/#a"):
        assert "must be an https address" in commands.run("app", "create", "A", "--redirect", uri, code=1)
    assert "App with id none not found" in commands.run("app", "show", "none", code=1)
    both = commands.run("app", "keys", "none", "--create", "A", "--delete", "b", code=1)
    assert "Say one thing at a time" in both


def test_secrets_of_the_demos_app_are_kept_as_hashes(commands: Commands) -> None:
    told = commands.demo()["ids"]
    assert told["clientSecret"].encode() not in commands.path.read_bytes()
    shown = commands.json("app", "show", told["appId"])
    assert (shown["name"], shown["clientKeys"][0]["id"]) == ("Groundlevel Demo App", told["clientId"])
