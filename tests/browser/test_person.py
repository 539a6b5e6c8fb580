"""The person in front of the browser sees, clicks and types as somebody does, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from demo.browser.chromium import Chromium
from demo.browser.person import NotSeen, Person

PAGE = """<!doctype html>
<body>
<script>
const told = (text) => { document.querySelector("#told").textContent = text; };
customElements.define("deep-button", class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({mode: "open"}).innerHTML = "<button><slot></slot></button>";
    this.addEventListener("click", () => told("deep"));
  }
});
customElements.define("deep-field", class extends HTMLElement {
  get label() { return "Name"; }
  connectedCallback() {
    this.attachShadow({mode: "open"}).innerHTML = "<input value='before'>";
    this.shadowRoot.firstChild.addEventListener("input", (event) => told(event.target.value));
  }
});
</script>
<p id="told">nothing</p>
<p>Save
<deep-button>Save</deep-button>
<deep-field></deep-field>
<button style="display: none">Hidden</button>
<button disabled>Disabled</button>
<div style="position: relative; width: 9em">
  <button>Covered</button><div style="position: absolute; inset: 0; background: white"></div>
</div>
<button onclick="window.open('about:blank')">Open</button>
<div style="height: 3000px"></div>
<button onclick="told('far')">Far down</button>
"""
SHORT = 0.3  # seconds


def looked_at(look: Callable[[Person], Awaitable[None]]) -> None:
    """Have somebody look at the page; the browser and its loop end with it."""

    async def run() -> None:
        chromium = Chromium()
        try:
            tab = await chromium.start()
            await tab.go("data:text/html," + quote(PAGE))
            await look(Person(chromium))
        finally:
            await chromium.stop()

    asyncio.run(run())


@pytest.mark.usefixtures("socket_enabled")
def test_somebody_clicks_and_types_through_shadow_roots_and_is_counted(tmp_path: Path) -> None:
    async def look(person: Person) -> None:
        await person.click("Save")
        await person.reads("deep")
        assert await person.value("Name") == "before"
        await person.write("Name", "Marmalade")
        await person.reads("Marmalade")
        await person.click("Far", part=True)
        await person.reads("far")
        await person.picture(tmp_path / "page.png")

        assert (person.clicks, person.typed) == (2, ["Name"])

    looked_at(look)

    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("socket_enabled")
def test_nobody_clicks_what_cannot_be_clicked() -> None:
    async def look(person: Person) -> None:
        person.patience = SHORT
        await person.reads("Save", patience=30.0)
        for text in ("Hidden", "Disabled", "Covered", "Elsewhere"):
            with pytest.raises(NotSeen, match=f"'{text}' to click is not on the page"):
                await person.click(text)
        with pytest.raises(NotSeen, match="a field 'Password'"):
            await person.write("Password", "none")
        assert "Covered" not in await person.texts()
        assert person.clicks == 0

    looked_at(look)


@pytest.mark.usefixtures("socket_enabled")
def test_a_page_that_opens_is_in_front_until_it_closes() -> None:
    async def look(person: Person) -> None:
        before = person.tab
        await person.click("Open")
        await person.new_tab()
        assert person.tab is not before
        await person.tab.evaluate("void setTimeout(() => window.close())")
        await person.back_in_one_tab()
        assert person.tab is before

    looked_at(look)
