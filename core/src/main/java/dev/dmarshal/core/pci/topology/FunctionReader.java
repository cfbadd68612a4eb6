package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.BridgeHeader;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.CardBusHeader;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.config.SriovCapability;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Reads {@link PciFunction}s out of configuration spaces. */
public final class FunctionReader {

    private static final int ACS_BITS = 0x7f;
    private static final int RAID_CLASS = 0x010400;
    private static final int INTEL = 0x8086;

    private FunctionReader() {
    }

    /** What one configuration space tells of its function. */
    public static PciFunction read(Sbdf address, ConfigSpace space) {
        ConfigHeader header = space.header();
        if (!header.answers().orElse(true)) {
            return PciFunction.at(address);
        }
        CapabilityList capabilities = space.capabilities();
        Optional<PcieCapability> express = PcieCapability.of(capabilities);
        Optional<FabricRole> role = express.map(capability -> FabricRole.of(capability.portType()))
                .or(() -> capabilities.standardComplete() ? Optional.of(FabricRole.CONVENTIONAL) : Optional.empty());
        FunctionIds ids = new FunctionIds(header.vendorId(), header.deviceId(), header.subsystemVendor(), header.subsystemId());
        return new PciFunction(address, ids, header.classCode(), header.multifunction(), role, acs(capabilities, role), buses(header), FunctionLinks.NONE);
    }

    /**
     * All functions of a host from their configuration spaces, virtual functions tied to their physical ones by SR-IOV's offsets, and VMD domains to their
     * controller where the host has a single one.
     */
    public static List<PciFunction> readAll(Map<Sbdf, ConfigSpace> spaces) {
        Map<Sbdf, PciFunction> functions = new TreeMap<>();
        spaces.forEach((address, space) -> functions.put(address, read(address, space)));
        return tied(functions, spaces);
    }

    /** The same for functions that were {@linkplain #read read} one by one. */
    public static List<PciFunction> tied(Map<Sbdf, PciFunction> alone, Map<Sbdf, ConfigSpace> spaces) {
        Map<Sbdf, PciFunction> functions = new TreeMap<>(alone);
        spaces.forEach((address, space) -> SriovCapability.of(space.capabilities())
                .ifPresent(capability -> virtualFunctions(functions.get(address), capability, functions)));
        return withVmdOwners(functions.values());
    }


    /** The same functions, those in VMD domains tied to their controller, where the host has a single one; with several, nothing here tells which it is. */
    public static List<PciFunction> withVmdOwners(Collection<PciFunction> functions) {
        List<PciFunction> controllers = functions.stream().filter(FunctionReader::vmd).toList();
        if (controllers.size() != 1) {
            return List.copyOf(functions);
        }
        Optional<Sbdf> owner = Optional.of(controllers.getFirst().address());
        return functions.stream().map(function -> function.address().segment() < PciFunction.FIRST_VMD_SEGMENT ? function
                : function.with(new FunctionLinks(function.links().upstream(), function.links().physicalFunction(), owner))).toList();
    }

    /** A volume management device: Intel, of class RAID, in the root complex (Linux drivers/pci/controller/vmd.c, vmd_ids). */
    private static boolean vmd(PciFunction function) {
        return function.address().segment() < PciFunction.FIRST_VMD_SEGMENT && function.ids().vendor().orElse(0) == INTEL
                && function.classCode().orElse(0) == RAID_CLASS && function.role().filter(role -> role != FabricRole.INTEGRATED_ENDPOINT).isEmpty();
    }

    /** Vendor and device id of a virtual function read as all ones; they follow from the physical function (SR-IOV 1.1, 3.4.1.1). */
    private static void virtualFunctions(PciFunction owner, SriovCapability capability, Map<Sbdf, PciFunction> functions) {
        int live = capability.liveFunctions().orElse(0);
        for (int offset : capability.routingOffsets(live).orElse(List.of())) {
            int id = owner.address().sourceId().value() + offset;
            if (id >>> 16 != 0) {
                return;
            }
            Sbdf address = new SourceId(id).in(owner.address().segment());
            PciFunction found = functions.get(address);
            if (found != null) {
                OptionalInt device = capability.at().read(SriovCapability.DEVICE_ID).stream().mapToInt(value -> (int) value).findFirst();
                FunctionIds ids = new FunctionIds(owner.ids().vendor(), device, found.ids().subsystemVendor(), found.ids().subsystem());
                FunctionLinks links = new FunctionLinks(found.links().upstream(), Optional.of(owner.address()), found.links().dmaOwner());
                PciFunction linked = found.with(ids).with(links);
                functions.put(address, found.role().isEmpty() && owner.role().isPresent() ? linked.with(owner.role().get()) : linked);
            }
        }
    }

    private static Acs acs(CapabilityList capabilities, Optional<FabricRole> role) {
        Optional<AcsCapability> capability = AcsCapability.of(capabilities);
        if (capability.isPresent()) {
            OptionalInt can = capability.get().capabilities();
            OptionalInt control = capability.get().control();
            return can.isPresent() && control.isPresent() ? new Acs.Present(can.getAsInt() & ACS_BITS, control.getAsInt() & ACS_BITS) : Acs.UNMEASURED;
        }
        boolean conventional = role.filter(what -> what == FabricRole.CONVENTIONAL).isPresent();
        return capabilities.complete() || conventional ? Acs.ABSENT : Acs.UNMEASURED;
    }

    private static Optional<BusRange> buses(ConfigHeader header) {
        OptionalInt secondary = header.bridge().map(BridgeHeader::secondary).or(() -> header.cardBus().map(CardBusHeader::secondary))
                .orElse(OptionalInt.empty());
        OptionalInt last = header.bridge().map(BridgeHeader::subordinate).or(() -> header.cardBus().map(CardBusHeader::subordinate))
                .orElse(OptionalInt.empty());
        return secondary.isPresent() && last.isPresent() ? Optional.of(new BusRange(secondary.getAsInt(), last.getAsInt())) : Optional.empty();
    }
}
