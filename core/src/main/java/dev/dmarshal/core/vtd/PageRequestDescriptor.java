package dev.dmarshal.core.vtd;

import dev.dmarshal.core.vtd.DescriptorFields.PageRequest;
import java.util.OptionalInt;

/**
 * A device's request for a page, as the unit writes it to the page request queue: 256 bits.
 *
 * @param requester  16-bit requester-id
 * @param pasid      PASID, if the request has one
 * @param address    address; its low 12 bits are not part of the request
 * @param group      page request group index, 0 to 511
 * @param last       last request of its group: the one to be answered
 * @param read       read is asked for
 * @param write      write is asked for
 * @param execute    execute is asked for; needs a PASID
 * @param privileged supervisor privilege is asked for; needs a PASID
 */
public record PageRequestDescriptor(int requester, OptionalInt pasid, long address, int group, boolean last, boolean read, boolean write,
        boolean execute, boolean privileged) {

    /** Bytes of a descriptor. */
    public static final int SIZE_BYTES = 32;

    /** Reads the lower two words; empty fields of other types are read as if the type were a page request. */
    public static PageRequestDescriptor of(long word0, long word1) {
        OptionalInt pasid = PageRequest.PP.isSet(word0) ? OptionalInt.of((int) PageRequest.PASID.get(word0)) : OptionalInt.empty();
        return new PageRequestDescriptor((int) PageRequest.RID.get(word0), pasid, PageRequest.ADDR.get(word1) << 12, (int) PageRequest.PRGI.get(word1),
                PageRequest.LPIG.isSet(word1), PageRequest.RD.isSet(word1), PageRequest.WR.isSet(word1), PageRequest.EXE.isSet(word0),
                PageRequest.PRIV.isSet(word0));
    }

    /** Bits 63:0. */
    public long word0() {
        long word = PageRequest.RID.set(PageRequest.TYPE.set(0, 1), requester);
        if (pasid.isPresent()) {
            word = PageRequest.PASID.set(PageRequest.PP.set(word, 1), pasid.getAsInt());
        }
        return PageRequest.PRIV.set(PageRequest.EXE.set(word, execute ? 1 : 0), privileged ? 1 : 0);
    }

    /** Bits 127:64. */
    public long word1() {
        long word = PageRequest.ADDR.set(PageRequest.PRGI.set(0, group), address >>> 12);
        word = PageRequest.WR.set(PageRequest.RD.set(word, read ? 1 : 0), write ? 1 : 0);
        return PageRequest.LPIG.set(word, last ? 1 : 0);
    }

    /** A group with one last request for a page, to be changed with the record's own constructor where more is wanted. */
    public static PageRequestDescriptor single(int requester, long address, int group, boolean write) {
        return new PageRequestDescriptor(requester, OptionalInt.empty(), address, group, true, true, write, false, false);
    }
}
