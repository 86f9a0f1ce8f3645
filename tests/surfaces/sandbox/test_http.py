"""The Bot API's own HTTP."""

import aiohttp
import pytest

from tests.surfaces.sandbox.conftest import BOT, TOKEN, Net, png


async def test_parameters_come_as_json_form_multipart_or_query(net: Net) -> None:
    url = f"{net.url}/sendMessage"
    params = {"chat_id": str(net.id), "text": "hi"}
    parts = aiohttp.FormData(params, default_to_multipart=True)
    for given in ({"json": params}, {"data": params}, {"data": parts}, {"params": params}):
        async with net.http.post(url, **given) as answer:
            assert (await answer.json())["result"]["text"] == "hi"
    async with net.http.get(url, params=params) as answer:
        assert answer.status == 200


async def test_method_names_ignore_case(net: Net) -> None:
    assert (await net.good("GETME"))["id"] == BOT


async def test_an_unknown_method_is_501(net: Net) -> None:
    body = await net.call("sendDice", chat_id=net.id)
    assert (body["error_code"], body["description"]) == (
        501,
        "Not Implemented: the sandbox does not model sendDice",
    )


async def test_a_wrong_token_is_401(net: Net) -> None:
    async with net.http.get(f"{net.sandbox.url}/bot1:x/getMe") as answer:
        assert (answer.status, await answer.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_object_is_400(net: Net, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    async with net.http.post(f"{net.url}/getMe", data=body, headers=kind) as answer:
        assert answer.status == 400


async def test_a_photo_is_uploaded_downloaded_and_sent_again_by_id(net: Net) -> None:
    form = aiohttp.FormData({"chat_id": str(net.id), "caption": "<b>new</b>", "parse_mode": "HTML"})
    form.add_field("photo", png(30, 20), filename="a.png", content_type="image/png")
    async with net.http.post(f"{net.url}/sendPhoto", data=form) as answer:
        message = (await answer.json())["result"]
    size = message["photo"][-1]
    assert (message["caption"], size["width"], size["height"]) == ("new", 30, 20)
    file = await net.good("getFile", file_id=size["file_id"])
    async with net.http.get(f"{net.sandbox.url}/file/bot{TOKEN}/{file['file_path']}") as answer:
        assert await answer.read() == png(30, 20)
    again = await net.good("sendPhoto", chat_id=net.id, photo=size["file_id"])
    assert again["photo"] == message["photo"]


async def test_a_photo_attached_by_name_and_one_that_is_no_picture(net: Net) -> None:
    for data, want in ((png(), 200), (b"no picture", 400)):
        form = aiohttp.FormData({"chat_id": str(net.id), "photo": "attach://one"})
        form.add_field("one", data, filename="a.png")
        async with net.http.post(f"{net.url}/sendPhoto", data=form) as answer:
            assert answer.status == want
            body = await answer.json()
    assert body["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


async def test_files_of_another_bot_or_path_are_404(net: Net) -> None:
    for path in ("/file/bot1:x/photos/a", f"/file/bot{TOKEN}/photos/none"):
        async with net.http.get(net.sandbox.url + path) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    ("photo", "text"),
    [
        ("", "Bad Request: there is no photo in the request"),
        ("AgACnone", "Bad Request: wrong remote file identifier specified: Wrong string length"),
    ],
)
async def test_a_photo_that_is_not_there(net: Net, photo: str, text: str) -> None:
    assert await net.wrong("sendPhoto", chat_id=net.id, photo=photo) == text


async def test_an_unknown_file_id(net: Net) -> None:
    assert await net.wrong("getFile", file_id="x") == "Bad Request: invalid file_id"
