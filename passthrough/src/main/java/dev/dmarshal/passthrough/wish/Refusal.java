package dev.dmarshal.passthrough.wish;

/**
 * A reason against a wish.
 *
 * @param label    stable, names the reason and the function: {@code default-route:0000:00:19.0}
 * @param reason   who holds what, through which member of the group
 * @param way      what to do instead, or what would lift it
 * @param forcible whether {@code --force=LABEL} lifts it
 */
public record Refusal(String label, String reason, String way, boolean forcible) {
}
