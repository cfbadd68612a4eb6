package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.PageGroupResponse;

/** The devices behind a unit, as far as it talks to them: translation caches of their own (ATS) and answers to their page requests (PRI). */
public interface DeviceTlb {

    /** No device has a cache: every request is completed at once, responses go nowhere. */
    DeviceTlb NONE = new DeviceTlb() {
        @Override
        public DeviceTlbAnswer invalidate(DeviceTlbInvalidation request) {
            return DeviceTlbAnswer.COMPLETED;
        }

        @Override
        public void respond(PageGroupResponse response) {
            // Nobody asked.
        }
    };

    /** Drops translations; called under the register lock. */
    DeviceTlbAnswer invalidate(DeviceTlbInvalidation request);

    /** Takes the answer to a group of page requests; called under the register lock. */
    void respond(PageGroupResponse response);
}
