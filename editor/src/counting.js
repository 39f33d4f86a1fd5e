// Words, as newsite/text.py counts them: what stands between spaces and has a letter or a digit in it.
export const words = (doc) => (doc.textBetween(0, doc.content.size, " ", " ").match(/\S*[\p{L}\p{N}]\S*/gu) ?? []).length;
