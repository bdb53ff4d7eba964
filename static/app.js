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

// A click meant for a window that was just above this one must not give consent.
const authorize = document.getElementById("js-oauth-authorize-btn");
if (authorize) {
	authorize.disabled = true;
	setTimeout(() => { authorize.disabled = false; }, 500);
}
