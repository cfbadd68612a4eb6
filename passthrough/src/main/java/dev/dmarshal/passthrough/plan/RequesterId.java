package dev.dmarshal.passthrough.plan;

/**
 * An id with which requests of a function may arrive at the remapping unit, and what serves it.
 *
 * @param device  the function, {@code dddd:bb:dd.f}
 * @param id      the requester id, written the same way
 * @param because why the function may sign so
 * @param covered which group's tables serve requests with this id
 */
public record RequesterId(String device, String id, String because, String covered) {
}
