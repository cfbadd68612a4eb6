package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.DeviceTlbAnswer;
import dev.dmarshal.core.unit.MessageSink;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import java.util.Optional;

/** One operation of a row, with all names resolved: what a player does or checks. Addresses are physical unless called otherwise. */
public sealed interface Op {

    /**
     * Software stores a word.
     *
     * @param address a multiple of 8
     * @param value   the word
     */
    record Store(long address, long value) implements Op {
    }

    /**
     * Software writes a register.
     *
     * @param offset in the window
     * @param width  bytes
     * @param value  what is written
     */
    record WriteRegister(int offset, int width, long value) implements Op {
    }

    /**
     * Software reads a register.
     *
     * @param offset in the window
     * @param width  bytes
     * @param mask   bits that are looked at
     * @param value  what they must be
     * @param text   the statement
     */
    record CheckRegister(int offset, int width, long mask, long value, String text) implements Op {
    }

    /**
     * Software reads a word of memory.
     *
     * @param address a multiple of 8
     * @param mask    bits that are looked at
     * @param value   what they must be
     * @param text    the statement
     */
    record CheckMemory(long address, long mask, long value, String text) implements Op {
    }

    /**
     * A device makes a request.
     *
     * @param sourceId 16 bits
     * @param request  flags of {@link dev.dmarshal.core.unit.Request}
     * @param address  as the device gives it
     * @param pasid    counts with the PASID flag only
     * @param expected its outcome
     * @param text     the statement
     */
    record Dma(int sourceId, int request, long address, int pasid, Expected expected, String text) implements Op {
    }

    /**
     * A device writes an interrupt message.
     *
     * @param sourceId 16 bits
     * @param address  FEEx_xxxxh
     * @param data     the word
     * @param proper   whether it is a 32-bit write, as it should be
     * @param expected its outcome
     * @param text     the statement
     */
    record Interrupt(int sourceId, long address, int data, boolean proper, Expected expected, String text) implements Op {
    }

    /**
     * A device asks for a page.
     *
     * @param request  what it asks
     * @param expected its outcome
     * @param text     the statement
     */
    record PageRequest(PageRequestDescriptor request, Expected expected, String text) implements Op {
    }

    /**
     * A page of memory refuses writes from now on.
     *
     * @param address of the page
     */
    record Protect(long address) implements Op {
    }

    /**
     * The next device-TLB invalidation will be answered so.
     *
     * @param answer how
     */
    record Answers(DeviceTlbAnswer answer) implements Op {
    }

    /**
     * The next thing that the unit told a device.
     *
     * @param told what, as {@link UnitPlayer} writes it; {@code nothing} if all has been looked at
     * @param text the statement
     */
    record CheckDevice(String told, String text) implements Op {
    }

    /**
     * The next message that went to a processor.
     *
     * @param message  the message, none if all have been looked at
     * @param text     the statement
     */
    record CheckSent(Optional<Message> message, String text) implements Op {
    }

    /**
     * An event message.
     *
     * @param origin  which event
     * @param address where to
     * @param data    the word
     */
    record Message(MessageSink.Origin origin, long address, int data) {
    }
}
