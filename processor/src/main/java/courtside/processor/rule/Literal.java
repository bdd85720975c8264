package courtside.processor.rule;

/**
 * A piece of text that occurs in a field. Immutable.
 *
 * @param text as the field's {@link Folding} folds it; not empty
 * @param starts whether a word begins with it, or the value of a field that is not split into words
 * @param ends whether one ends with it
 */
record Literal(Field field, String text, boolean starts, boolean ends) {}
