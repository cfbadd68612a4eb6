package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.vtd.FaultFields.FrcdHigh;

/**
 * The fault record that a request must leave: every field, from the request alone.
 *
 * @param low  bits 63:0
 * @param high bits 127:64
 */
record Recorded(long low, long high) {

    static Recorded of(Op.Dma dma, int code) {
        int request = dma.request();
        long high = base(code, dma.sourceId());
        high = FrcdHigh.T1.set(high, bit(request, Request.READ | Request.ATOMIC));
        high = FrcdHigh.T2.set(high, bit(request, Request.ATOMIC));
        high = FrcdHigh.AT.set(high, bit(request, Request.TRANSLATION) | bit(request, Request.TRANSLATED) << 1);
        if ((request & Request.PASID) != 0) {
            high = FrcdHigh.PASID.set(FrcdHigh.PP.set(high, 1), dma.pasid());
            high = FrcdHigh.EXE.set(high, bit(request, Request.EXECUTE));
            high = FrcdHigh.PRIV.set(high, bit(request, Request.PRIVILEGED));
        }
        return new Recorded(dma.address() & -0x1000L, high);
    }

    /** An interrupt's index stands in bits 63:48; requests that name no entry have 0 there. */
    static Recorded of(Op.Interrupt asked, int code) {
        boolean named = asked.proper() && (asked.address() & 0x10) != 0;
        long handle = asked.address() >>> 5 & 0x7fff | (asked.address() >>> 2 & 1) << 15;
        long index = handle + ((asked.address() & 8) != 0 ? asked.data() & 0xffff : 0);
        return new Recorded(named ? index << 48 : 0, base(code, asked.sourceId()));
    }

    static Recorded of(Op.PageRequest asked, int code) {
        long high = FrcdHigh.T2.set(base(code, asked.request().requester()), 1);
        if (asked.request().pasid().isPresent()) {
            high = FrcdHigh.PASID.set(FrcdHigh.PP.set(high, 1), asked.request().pasid().getAsInt());
        }
        return new Recorded(asked.request().address() & -0x1000L, high);
    }

    private static long base(int code, int sourceId) {
        return FrcdHigh.FR.set(FrcdHigh.SID.set(FrcdHigh.F.mask(), sourceId), code);
    }

    private static long bit(int request, int flag) {
        return (request & flag) != 0 ? 1 : 0;
    }
}
