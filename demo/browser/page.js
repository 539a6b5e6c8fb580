// What somebody in front of the page sees: through shadow roots, without what is hidden or covered.
(() => {
  const BUTTONS =
    "a, button, label, input, textarea, select, option, summary, [role=button], [role=option], [role=menuitem], " +
    "[role=tab], [role=listitem], ha-button, ha-icon-button, ha-list-item, ha-check-list-item, ha-md-list-item, " +
    "ha-list-item-button, ha-list-item-option, ha-list-item-base, ha-dropdown-item, ha-formfield, ha-radio-option, " +
    "ha-combo-box-item, ha-integration-list-item, ha-expansion-panel, ha-switch, ha-checkbox, ha-picker-field";
  const up = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const chain = (node) => {
    const found = [];
    for (let one = node; one; one = up(one)) found.push(one);
    return found;
  };
  const below = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    if (node.localName === "slot") {
      const given = node.assignedNodes();
      if (given.length) return given;
    }
    return node.childNodes;
  };
  function* walk(node) {
    for (const one of below(node)) {
      if (one.nodeType === Node.TEXT_NODE) yield one;
      else if (one.nodeType === Node.ELEMENT_NODE && !["script", "style", "template"].includes(one.localName)) {
        yield one;
        yield* walk(one);
      }
    }
  }
  const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const shown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  const box = (node) => {
    if (node.nodeType !== Node.TEXT_NODE) return node.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getClientRects()[0] ?? range.getBoundingClientRect();
  };
  const at = (x, y) => {
    let found = document.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const inner = found.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === found) break;
      found = inner;
    }
    return found;
  };
  const button = (element) => chain(element).find((one) => one.matches?.(BUTTONS)) ?? null;
  // Where to put the mouse to hit a node, or null if it is hidden or something lies over it.
  const point = (node, scroll) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement ?? node.getRootNode().host : node;
    if (!element || !shown(element)) return null;
    if (scroll) element.scrollIntoView({ block: "nearest", behavior: "instant" });
    const rect = box(node);
    if (rect.width < 2 || rect.height < 2) return null;
    const x = rect.left + rect.width / 2, y = rect.top + rect.height / 2;
    const hit = at(x, y);
    if (!hit) return null;
    const mine = chain(node.nodeType === Node.TEXT_NODE ? up(node) ?? element : node);
    const theirs = chain(hit);
    const same = mine.includes(hit) || theirs.includes(mine[0]) || (button(hit) && mine.includes(button(hit)));
    return same ? { x, y } : null;
  };
  const names = (element) =>
    [element.getAttribute("aria-label"), element.getAttribute("title"), element.label, element.placeholder, element.alt]
      .filter((one) => typeof one === "string")
      .map(clean);
  const disabled = (node) => chain(node).some((one) => one.disabled === true && one.matches(BUTTONS));
  // What can be clicked that reads like this: first what is a button, then what is only text.
  const find = (wanted, part) => {
    const reads = (text) => (part ? text.includes(wanted) : text === wanted);
    const found = [];
    for (const node of walk(document.body)) {
      const matches =
        node.nodeType === Node.TEXT_NODE ? reads(clean(node.data)) : names(node).some(reads) && node.matches(BUTTONS);
      if (!matches) continue;
      const where = point(node, true);
      if (where && !disabled(node)) found.push({ ...where, button: button(node.nodeType === Node.TEXT_NODE ? up(node) : node) !== null });
    }
    return found.find((one) => one.button) ?? found[0] ?? null;
  };
  const labelled = (input) => {
    for (const one of chain(input).slice(0, 12)) {
      const name = names(one).find((text) => text) ?? clean(one.labels?.[0]?.innerText);
      if (name) return name.replace(/\s*\*$/, "");
    }
    return "";
  };
  const fields = () =>
    [...walk(document.body)].filter(
      (node) =>
        node.nodeType === Node.ELEMENT_NODE &&
        node.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden])") &&
        shown(node),
    );
  // Where to click to write into the field of this label; the number counts those of the same label.
  const field = (label, number) => {
    const input = fields().filter((one) => labelled(one) === label && point(one, true))[number];
    return input ? { ...point(input, true), value: input.value } : null;
  };
  const texts = () => {
    const found = [];
    for (const node of walk(document.body)) {
      const text = node.nodeType === Node.TEXT_NODE ? clean(node.data) : "";
      if (text && point(node, false)) found.push(text);
    }
    return found;
  };
  // The first text that contains this, even if one has to scroll to it; null if there is none.
  const sees = (wanted) => {
    for (const node of walk(document.body)) {
      if (node.nodeType !== Node.TEXT_NODE || !clean(node.data).includes(wanted)) continue;
      const element = up(node);
      if (element && shown(element)) return clean(node.data);
    }
    return null;
  };
  window.eyes = { find, field, fields: () => fields().map((one) => [labelled(one), one.value]), texts, sees };
})();
