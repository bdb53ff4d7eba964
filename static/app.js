// Extras only: every page works without this file.
"use strict";

// Copy buttons stand beside read-only fields and stay hidden where they could not work.
for (const button of document.querySelectorAll("button[data-copy]")) {
	const field = document.getElementById(button.dataset.copy);
	if (!field || !navigator.clipboard) continue;
	const label = button.textContent;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(field.value);
		button.textContent = button.dataset.copied;
		setTimeout(() => { button.textContent = label; }, 2000);
	});
}

// The account menu closes on Escape and on a click elsewhere.
const menu = document.querySelector("details.menu");
if (menu) {
	document.addEventListener("click", (event) => {
		if (!menu.contains(event.target)) menu.open = false;
	});
	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && menu.open) {
			menu.open = false;
			menu.querySelector("summary").focus();
		}
	});
}

// The fields of a device's code: typing moves on, Backspace moves back, a pasted code is spread out.
const codeFields = [...document.querySelectorAll("input.js-user-code-field")];
for (const [i, field] of codeFields.entries()) {
	const fill = (text) => {
		const characters = [...text.toUpperCase().replace(/[^A-Z0-9]/g, "")];
		const last = Math.min(i + characters.length, codeFields.length);
		for (let at = i; at < last; at++) codeFields[at].value = characters[at - i];
		if (characters.length) codeFields[Math.min(last, codeFields.length - 1)].focus();
	};
	field.addEventListener("focus", () => field.select());
	field.addEventListener("input", () => {
		const typed = field.value;
		field.value = "";
		fill(typed);
	});
	field.addEventListener("paste", (event) => {
		event.preventDefault();
		fill(event.clipboardData.getData("text"));
	});
	field.addEventListener("keydown", (event) => {
		if (event.key !== "Backspace" || field.value || i === 0) return;
		codeFields[i - 1].value = "";
		codeFields[i - 1].focus();
		event.preventDefault();
	});
}

// A click meant for a window that was just above this one must not give consent.
const authorize = document.getElementById("js-oauth-authorize-btn");
if (authorize) {
	authorize.disabled = true;
	setTimeout(() => { authorize.disabled = false; }, 500);
}
