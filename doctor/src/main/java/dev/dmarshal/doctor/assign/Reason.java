package dev.dmarshal.doctor.assign;

/**
 * One answer about one device.
 *
 * @param subject  what was checked
 * @param answer   what came out
 * @param weight   what it means if it fails, or would if it did
 * @param words    why, as a sentence
 * @param evidence path that says so; empty text is never given, unmeasured ones say what could not be read
 */
public record Reason(Subject subject, Answer answer, Weight weight, String words, String evidence) {
}
