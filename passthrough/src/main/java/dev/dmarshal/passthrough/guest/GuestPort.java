package dev.dmarshal.passthrough.guest;

import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.time.Duration;
import java.util.Map;

/** A way to one running guest. Never throws for what the guest, or what runs it, answers. */
public interface GuestPort {

    /** Plugs a host function ({@code dddd:bb:dd.f}) in; done when the virtual machine has it, whether or not its kernel uses it. */
    Deed attach(String device, Map<String, String> options, Duration limit);

    /**
     * Asks the guest to let a host function go, and waits for it. A guest that does not answer in time has refused; it may still let go later.
     *
     * @param options as of the plug that is taken back
     */
    Deed detach(String device, Map<String, String> options, Duration limit);

    /** Whether the guest has, or has not, a host function. */
    Condition.Answer look(String device, boolean has);

    /** Whether the guest will have, or not have, a host function at its next start. */
    default Condition.Answer lookSaved(String device, boolean has) {
        return new Condition.Unmeasured("nothing keeps a definition of this guest");
    }

    /**
     * Whether an unplug that was ended half way may leave a guest that has its device and can no longer use it. Then the unplug is ended and the device plugged
     * in anew, where things are to be as before.
     */
    default boolean unplugsRightsFirst() {
        return false;
    }

    /** Whether {@link #attach} ends or takes back first what an earlier one left that was ended half way. */
    default boolean mendsHalfPlug() {
        return false;
    }

    /** The guest's PCI side. */
    Reading<GuestLayout> layout();
}
