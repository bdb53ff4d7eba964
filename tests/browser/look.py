"""What a page must be, asked of the page itself. Scripts return lists of what is wrong."""

# One h1, a title, a language, and a name for whatever can be filled in or pressed.
STRUCTURE = """
const wrong = [];
const headings = document.querySelectorAll('h1');
if (headings.length !== 1) wrong.push(`${headings.length} h1`);
if (!document.title.trim()) wrong.push('no title');
if (!document.documentElement.lang) wrong.push('no lang');
const text = (e) => (e.textContent || '').trim();
const named = (e) => e.getAttribute('aria-label') ||
	(e.getAttribute('aria-labelledby') || '').split(' ').some((id) => id &&
		text(document.getElementById(id) || {}));
for (const e of document.querySelectorAll('input, textarea, select')) {
	if (e.type === 'hidden' || e.hidden || e.ariaHidden === 'true') continue;
	if (e.type === 'submit' && e.value.trim()) continue; // its value is its label
	if (!named(e) && ![...e.labels].some(text)) wrong.push('no label: ' + e.outerHTML);
}
for (const e of document.querySelectorAll('a[href], button, summary'))
	if (!named(e) && !text(e) && ![...e.querySelectorAll('img')].some((i) => i.alt))
		wrong.push('no name: ' + e.outerHTML);
for (const e of document.querySelectorAll('img'))
	if (!e.hasAttribute('alt')) wrong.push('no alt: ' + e.outerHTML);
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push('twice: #' + id);
for (const name of ['aria-describedby', 'aria-labelledby', 'for'])
	for (const e of document.querySelectorAll(`[${name}]`))
		for (const id of e.getAttribute(name).split(' '))
			if (!document.getElementById(id)) wrong.push(`${name} leads nowhere: ${id}`);
let level = 0;
for (const e of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
	const next = Number(e.tagName[1]);
	if (next > level + 1) wrong.push(`h${level} then h${next}: ${text(e)}`);
	level = next;
}
return wrong;
"""

# Nothing wider than the window, save what scrolls by itself.
WIDTH = """
const wrong = [], room = window.innerWidth;
if (document.scrollingElement.scrollWidth > room) {
	wrong.push(`${document.scrollingElement.scrollWidth} wide in ${room}`);
	for (const e of document.querySelectorAll('body *'))
		if (e.getBoundingClientRect().right > room + 1)
			wrong.push(e.outerHTML.slice(0, 160));
}
return wrong;
"""

# WCAG 2 AA: 4.5 to 1, or 3 to 1 for large text; disabled controls do not count.
CONTRAST = """
document.getAnimations().forEach((a) => a.finish()); // colours that fade in
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const colour = (css) => {
	canvas.clearRect(0, 0, 1, 1);
	canvas.fillStyle = css;
	canvas.fillRect(0, 0, 1, 1);
	return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 :
	((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (e) => {
	for (; e; e = e.parentElement) {
		const found = colour(getComputedStyle(e).backgroundColor);
		if (found[3] === 255) return found;
	}
	return [255, 255, 255, 255];
};
const wrong = new Set();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
	const e = walk.currentNode.parentElement;
	if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest(':disabled')) continue;
	const style = getComputedStyle(e), size = parseFloat(style.fontSize);
	const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
	const [one, two] = [luminance(colour(style.color)), luminance(behind(e))].sort((a, b) => b - a);
	const ratio = (one + 0.05) / (two + 0.05);
	if (ratio < (large ? 3 : 4.5))
		wrong.add(`${ratio.toFixed(2)}: ${walk.currentNode.data.trim().slice(0, 60)}`);
}
return [...wrong];
"""


def ask(browser, script):
    return browser.driver.execute_script(script)
