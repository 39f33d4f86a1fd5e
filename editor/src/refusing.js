// Fields that are refused, each marked and described by the paragraph that says why. What is hidden describes a field
// too, where the field names it: so it does only while something is wrong.
export const refused = (error, wrong) => {
  for (const [field, isWrong] of wrong) {
    const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
    if (isWrong) ids.unshift(error.id);
    if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
    else field.removeAttribute("aria-describedby");
    field.setAttribute("aria-invalid", String(isWrong));
  }
  error.hidden = !wrong.some(([, isWrong]) => isWrong);
};
