"""The reader chooses the language of the pages; what programs read stays English."""

from tests.support.orders import place

HINDI = {"Accept-Language": "hi-IN,en;q=0.5"}


def choose(client, referrer, language="hi"):
    return client.post("/language", data={"language": language}, headers={"Referer": referrer})


def test_the_browser_says_what_its_reader_speaks(client):
    assert '<html lang="hi" dir="ltr">' in client.get("/", headers=HINDI).text
    assert '<html lang="en" dir="ltr">' in client.get("/", headers={"Accept-Language": "tlh"}).text


def test_a_choice_lasts_and_leads_back(client):
    response = choose(client, "http://localhost/customer/login?next=/customer/")
    assert (response.status_code, response.location) == (303, "/customer/login?next=/customer/")
    assert '<html lang="hi"' in client.get("/").text
    choose(client, "http://localhost/", "en")
    assert '<html lang="en"' in client.get("/", headers=HINDI).text


def test_nobody_is_led_away(client):
    for referrer in ("http://elsewhere.example/x", "http://localhost//elsewhere.example/", "http://localhost/\\elsewhere.example"):
        assert choose(client, referrer).location == "/"


def test_a_language_we_do_not_speak_is_refused(client):
    assert choose(client, "http://localhost/", "tlh").status_code == 400


def test_programs_are_answered_in_english(client):
    assert client.get("/api/orders", headers=HINDI).json["error"] == "Sign in first."


def test_a_page_in_hindi_says_nothing_in_english_but_names(alice):
    placed = place(alice)
    page = alice.get(f"/customer/orders/{placed['id']}", headers=HINDI).text
    for word in ("दुकान पर", "कुल", "दर्ज हुआ"):
        assert word in page
    for word in ("At Store", "Total", "placed", "Handed in"):
        assert f">{word}" not in page


def test_a_refusal_is_said_in_hindi_with_what_it_names(admin):
    placed = place(admin)
    page = admin.post(f"/admin/orders/{placed['id']}/step", data={"event": "collected"}, headers={**HINDI, "Accept": "text/html"})
    assert page.status_code == 409
    assert "दुकान पर" in page.text
    assert "This order is" not in page.text
