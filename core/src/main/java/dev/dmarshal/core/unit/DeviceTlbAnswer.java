package dev.dmarshal.core.unit;

import java.util.OptionalInt;

/**
 * What came back for an ATS invalidation request.
 *
 * @param completed whether the device completed the request; if not, it times out (FSTS.ITE)
 * @param stray     source-id of a completion that fits no request (FSTS.ICE), if one came
 */
public record DeviceTlbAnswer(boolean completed, OptionalInt stray) {

    /** The device completed the request. */
    public static final DeviceTlbAnswer COMPLETED = new DeviceTlbAnswer(true, OptionalInt.empty());
    /** The device never answered. */
    public static final DeviceTlbAnswer TIMED_OUT = new DeviceTlbAnswer(false, OptionalInt.empty());

    /** The device completed the request, and a completion that nobody waited for came from {@code sourceId}. */
    public static DeviceTlbAnswer completedWithStray(int sourceId) {
        return new DeviceTlbAnswer(true, OptionalInt.of(sourceId));
    }

    /** Instead of the device's completion one came from {@code sourceId}; the request itself times out. */
    public static DeviceTlbAnswer wrongCompletion(int sourceId) {
        return new DeviceTlbAnswer(false, OptionalInt.of(sourceId));
    }
}
