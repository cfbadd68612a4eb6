package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How {@code pci=} parameters name devices (Linux drivers/pci/pci.c, pci_dev_str_match): {@code [domain:]bus:dd.f[/dd.f]...}, a path downwards, or
 * {@code pci:vendor:device[:subvendor:subdevice]} where 0 stands for any.
 */
sealed interface DeviceSelector {

    boolean matches(PciFunction function, PciTree tree);

    /** Reads one name; empty for what the kernel would not understand. */
    static Optional<DeviceSelector> parse(String text) {
        return text.startsWith("pci:") ? Ids.read(text) : Route.read(text);
    }

    /** By ids; 0 for any. */
    record Ids(int vendor, int device, int subsystemVendor, int subsystem) implements DeviceSelector {

        private static final Pattern FORM = Pattern.compile("pci:([0-9a-fA-F]{1,8}):([0-9a-fA-F]{1,8})(?::([0-9a-fA-F]{1,8}):([0-9a-fA-F]{1,8}))?");

        private static Optional<DeviceSelector> read(String text) {
            Matcher form = FORM.matcher(text);
            return form.matches() ? Optional.of(new Ids(number(form.group(1)), number(form.group(2)), number(form.group(3)), number(form.group(4))))
                    : Optional.empty();
        }

        private static int number(String text) {
            return text == null ? 0 : Integer.parseUnsignedInt(text, 16);
        }

        @Override
        public boolean matches(PciFunction function, PciTree tree) {
            return fits(vendor, function.ids().vendor().orElse(-1)) && fits(device, function.ids().device().orElse(-1))
                    && fits(subsystemVendor, function.ids().subsystemVendor().orElse(-1)) && fits(subsystem, function.ids().subsystem().orElse(-1));
        }

        private static boolean fits(int wanted, int is) {
            return wanted == 0 || wanted == is;
        }
    }

    /** By place: a first function, and what is below it. */
    record Route(int segment, int bus, List<Integer> devfns) implements DeviceSelector {

        private static final Pattern FORM = Pattern.compile("(?:([0-9a-fA-F]{1,8}):)?([0-9a-fA-F]{1,2}):"
                + "([0-9a-fA-F]{1,2}\\.[0-7](?:/[0-9a-fA-F]{1,2}\\.[0-7])*)");

        public Route {
            devfns = List.copyOf(devfns);
        }

        private static Optional<DeviceSelector> read(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                return Optional.empty();
            }
            List<Integer> devfns = new ArrayList<>();
            for (String step : form.group(3).split("/")) {
                int dot = step.indexOf('.');
                int device = Integer.parseInt(step.substring(0, dot), 16);
                if (device > 31) {
                    return Optional.empty();
                }
                devfns.add(device << 3 | step.charAt(dot + 1) - '0');
            }
            int segment = form.group(1) == null ? 0 : Integer.parseUnsignedInt(form.group(1), 16);
            return Optional.of(new Route(segment, Integer.parseInt(form.group(2), 16), devfns));
        }

        @Override
        public boolean matches(PciFunction function, PciTree tree) {
            PciFunction at = function;
            for (int step = devfns.size() - 1; step >= 0; step--) {
                if (at.devfn() != devfns.get(step)) {
                    return false;
                }
                if (step > 0) {
                    Optional<PciFunction> above = tree.bridgeAbove(at);
                    if (above.isEmpty()) {
                        return false;
                    }
                    at = above.get();
                }
            }
            return at.address().segment() == segment && at.address().bus() == bus;
        }
    }
}
