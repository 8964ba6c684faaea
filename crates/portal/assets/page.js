// What pages do beyond links and forms. Everything works without.
'use strict';

// The appearance is applied as soon as it is chosen; without this there is a button.
const look = document.querySelector('form.look');
if (look) {
  look.classList.add('at-once');
  look.addEventListener('change', () => look.requestSubmit());
}

// "/" and Ctrl-K lead to the search, unless somebody is typing.
const find = document.getElementById('find');
document.addEventListener('keydown', (event) => {
  if (!find || event.altKey) return;
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !typing;
  const k = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
  if (slash || k) {
    event.preventDefault();
    find.focus();
    find.select();
  }
});
