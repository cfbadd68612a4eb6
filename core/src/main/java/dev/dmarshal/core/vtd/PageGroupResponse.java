package dev.dmarshal.core.vtd;

import dev.dmarshal.core.vtd.DescriptorFields.PageGroup;
import java.util.OptionalInt;

/**
 * Software's answer to a group of page requests; travels to the device as a PRG response message.
 *
 * @param requester 16-bit requester-id of the device that asked
 * @param pasid     PASID of the requests, if they had one
 * @param group     page request group index, 0 to 511
 * @param last      LPIG of the request that is answered
 * @param code      outcome, 0 to 15: {@link #SUCCESS}, {@link #INVALID}, {@link #FAILURE}; others are reserved
 */
public record PageGroupResponse(int requester, OptionalInt pasid, int group, boolean last, int code) {

    /** The pages are mapped; ask for translation again. */
    public static final int SUCCESS = 0;
    /** A page does not exist or may not be used so. */
    public static final int INVALID = 1;
    /** A catastrophic error: the device must stop asking. */
    public static final int FAILURE = 15;

    /** Reads a descriptor of type 9; other fields of it are not looked at. */
    public static PageGroupResponse of(InvalidationDescriptor descriptor) {
        long low = descriptor.word0();
        OptionalInt pasid = PageGroup.PP.isSet(low) ? OptionalInt.of((int) PageGroup.PASID.get(low)) : OptionalInt.empty();
        return new PageGroupResponse((int) PageGroup.RID.get(low), pasid, (int) PageGroup.PRGI.get(descriptor.word1()),
                PageGroup.LPIG.isSet(descriptor.word1()), (int) PageGroup.RC.get(low));
    }

    /** The descriptor that asks the unit to send this response; refuses values that do not fit their fields. */
    public InvalidationDescriptor toDescriptor() {
        long low = PageGroup.TYPE.set(0, InvalidationDescriptor.Type.PAGE_GROUP_RESPONSE.code());
        low = PageGroup.RC.set(PageGroup.RID.set(low, requester), code);
        if (pasid.isPresent()) {
            low = PageGroup.PASID.set(PageGroup.PP.set(low, 1), pasid.getAsInt());
        }
        return new InvalidationDescriptor(low, PageGroup.PRGI.set(PageGroup.LPIG.set(0, last ? 1 : 0), group), 0, 0);
    }
}
