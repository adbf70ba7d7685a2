// Shows what belongs to a choice when that is made; without this all of it is there, and each label says to what it belongs.
function follow(field) {
  const [name, values] = field.dataset.with.split("=");
  const choices = [...field.form.querySelectorAll(`[name="${name}"]`)];
  const box = field.closest(".field");
  const wrong = box.classList.contains("field-wrong");
  const tell = () => {
    box.hidden = !wrong && !choices.some((one) => one.checked && values.split(" ").includes(one.value));
    field.disabled = box.hidden;
  };
  for (const one of choices) one.addEventListener("change", tell);
  tell();
}

export function begin(root) {
  root.querySelectorAll("[data-with]").forEach(follow);
}
