"""The main screen, in the user's words: keys pressed, and what the panes and the queue make of them."""

from __future__ import annotations

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, names, ready
from tests.ui.panel_host import until


def tree(*paths: str) -> FakeSite:
    site = FakeSite()
    for path in paths:
        if path.endswith("/"):
            site.add_directory(path.rstrip("/"))
        else:
            site.add(path, b"x" * 10)
    return site


async def test_search_goes_to_the_entry_whose_name_holds_what_is_typed() -> None:
    app = BrowserHost(tree("/alpha", "/big.txt", "/gamma"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", "b", "i", "g")
        await until(pilot, lambda: app.local.list.current is not None and app.local.list.current.name == "big.txt")
        assert app.local.notice.text.startswith("/big")
        await pilot.press("escape")
        await pilot.pause()
        assert app.local.notice.text == ""
        assert names(app.local) == ["alpha", "big.txt", "gamma"]
