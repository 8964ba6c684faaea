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

// What the server says of a field that was left is told with the field; what it proposes fills a
// field nobody has filled.
document.addEventListener('htmx:after:swap', () => {
  for (const wrong of document.querySelectorAll('.wrong')) {
    const field = wrong.parentElement.querySelector('input, select, textarea');
    const said = wrong.querySelector('.error:not(:empty)');
    if (!field) continue;
    if (said) {
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', said.id);
    } else {
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-describedby');
    }
  }
  for (const proposed of document.querySelectorAll('[data-fill]')) {
    const field = document.getElementById(proposed.dataset.fill);
    if (!field || field.value) continue;
    field.value = proposed.dataset.value;
    if (field === document.activeElement) field.select();
  }
});
