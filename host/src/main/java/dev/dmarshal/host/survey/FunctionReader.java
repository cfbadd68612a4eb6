package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.SriovCapability;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.pci.FunctionPlace;
import dev.dmarshal.host.pci.ListedFunction;
import dev.dmarshal.host.pci.PciHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes {@link FunctionFacts} of what sysfs lists, of configuration spaces, and of the files that only a survey needs. */
final class FunctionReader {

    private static final String SLOTS = "/sys/bus/pci/slots/";

    private final HostRoot host;
    private final PciHost pci;
    private final Map<String, String> slots = new HashMap<>();

    FunctionReader(HostRoot host, PciHost pci) {
        this.host = host;
        this.pci = pci;
        for (String slot : host.list(SLOTS).present().orElse(List.of())) {
            host.text(SLOTS + slot + "/address").present().ifPresent(address -> slots.put(address.strip(), slot));
        }
    }

    FunctionFacts read(ListedFunction function) {
        String folder = function.folder();
        Optional<ConfigSpace> config = pci.space(function.address());
        Optional<String> override = word(folder + "driver_override").filter(text -> !text.isEmpty() && !text.equals("(null)"));
        return new FunctionFacts(function.address(), made(function, config), new Binding(function.driverMeasured(), function.driver(), override),
                function.group(), host.text(folder + "resource").present().map(Region::parse), config, virtual(function, config),
                new PowerFacts(word(folder + "power_state"), word(folder + "d3cold_allowed").map("1"::equals)), resets(folder),
                function.place().map(FunctionPlace::bridges), slot(function.address()));
    }

    private Optional<String> slot(Sbdf address) {
        if (slots.isEmpty()) {
            return Optional.empty();
        }
        String text = address.toString();
        return Optional.ofNullable(slots.get(text.substring(0, text.lastIndexOf('.'))));
    }

    private Made made(ListedFunction function, Optional<ConfigSpace> config) {
        FunctionIds ids = function.ids();
        if (config.isEmpty()) {
            return new Made(ids.vendor(), ids.device(), ids.subsystemVendor(), ids.subsystem(), revision(function), function.classCode());
        }
        ConfigHeader header = config.get().header();
        return new Made(or(ids.vendor(), header.vendorId()), or(ids.device(), header.deviceId()), or(ids.subsystemVendor(), header.subsystemVendor()),
                or(ids.subsystem(), header.subsystemId()), header.revision(), or(function.classCode(), header.classCode()));
    }

    private OptionalInt revision(ListedFunction function) {
        String text = word(function.folder() + "revision").orElse("");
        return text.matches("0x[0-9a-f]{2}") ? OptionalInt.of(Integer.parseInt(text.substring(2), 16)) : OptionalInt.empty();
    }

    private static OptionalInt or(OptionalInt first, OptionalInt second) {
        return first.isPresent() ? first : second;
    }

    private VirtualFunctions virtual(ListedFunction function, Optional<ConfigSpace> config) {
        OptionalInt live = count(function.folder() + "sriov_numvfs");
        Reading<String> total = host.text(function.folder() + "sriov_totalvfs");
        // The kernel has these files for functions with SR-IOV only (drivers/pci/pci-sysfs.c, sriov_pf_attrs_are_visible).
        OptionalInt most = total instanceof Reading.Absent ? OptionalInt.of(0) : count(total);
        if (live.isPresent() || config.isEmpty()) {
            return new VirtualFunctions(function.physicalFunction(), live, most);
        }
        CapabilityList list = config.get().capabilities();
        Optional<SriovCapability> capability = list.first(CapabilityKind.SRIOV).map(SriovCapability::new);
        return new VirtualFunctions(function.physicalFunction(), capability.map(SriovCapability::liveFunctions).orElse(live),
                capability.map(SriovCapability::totalFunctions).orElse(list.complete() ? OptionalInt.of(0) : most));
    }

    private Optional<List<String>> resets(String folder) {
        return host.text(folder + "reset_method").present().map(text -> text.isBlank() ? List.of() : List.of(text.strip().split(" ")));
    }

    private Optional<String> word(String path) {
        return host.text(path).present().map(String::strip);
    }

    private OptionalInt count(String path) {
        return count(host.text(path));
    }

    private static OptionalInt count(Reading<String> reading) {
        String text = reading.present().map(String::strip).orElse("");
        return !text.isEmpty() && text.matches("[0-9]{1,5}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
