package dev.dmarshal.core.unit;

import dev.dmarshal.core.unit.MessageSink.Origin;
import dev.dmarshal.core.vtd.FaultFields.Control;
import dev.dmarshal.core.vtd.FaultFields.EventAddress;
import dev.dmarshal.core.vtd.RegisterName;

/**
 * One of the three event interrupts: control (mask IM, pending IP), data, address and upper address. A masked event stays pending until it is unmasked,
 * which sends it, or until software has dealt with all its causes, which forgets it. Needs the register lock.
 */
final class EventInterrupt {

    private final RegisterBank bank;
    private final MessageSink messages;
    private final Origin origin;
    private final RegisterName control;

    EventInterrupt(RegisterBank bank, MessageSink messages, Origin origin, RegisterName control) {
        this.bank = bank;
        this.messages = messages;
        this.origin = origin;
        this.control = control;
    }

    void raise() {
        if (bank.isSet(control, Control.IM)) {
            bank.put(control, Control.IP, 1);
        } else {
            send();
        }
    }

    /** After a write to the control register. */
    void controlWritten() {
        if (!bank.isSet(control, Control.IM) && bank.isSet(control, Control.IP)) {
            bank.put(control, Control.IP, 0);
            send();
        }
    }

    /** No cause is left. */
    void serviced() {
        bank.put(control, Control.IP, 0);
    }

    private void send() {
        RegisterName[] names = RegisterName.values();
        int first = control.ordinal();
        long low = EventAddress.MA.get(bank.get(names[first + 2])) << 2;
        messages.send(origin, bank.get(names[first + 3]) << 32 | low, (int) bank.get(names[first + 1]));
    }
}
