package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.FabricRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random topologies in which everything was measured. */
final class RandomTopology {

    private final Random random;
    private final int most;
    private final List<PciFunction> functions = new ArrayList<>();
    private int nextBus = 1;

    private RandomTopology(Random random, int most) {
        this.random = random;
        this.most = most;
    }

    static List<PciFunction> of(Random random, int most) {
        RandomTopology topology = new RandomTopology(random, most);
        topology.bus(0, FabricRole.ROOT_PORT, 0);
        return topology.functions;
    }

    /** Fills a bus. */
    private void bus(int bus, FabricRole ports, int depth) {
        boolean link = depth > 0 && ports != FabricRole.DOWNSTREAM_PORT && ports != FabricRole.CONVENTIONAL;
        for (int device = 0; device < (link ? 1 : 1 + random.nextInt(6)); device++) {
            int count = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
            for (int function = 0; function < count && functions.size() < most; function++) {
                add(new Sbdf(0, bus, device, function), count > 1, ports, depth);
            }
        }
    }

    private void add(Sbdf address, boolean multi, FabricRole ports, int depth) {
        PciFunction function = PciFunction.at(address).withMultifunction(multi).with(acs()).with(FunctionIds.of(0xaaaa, random.nextInt(5)));
        boolean bridge = depth < 5 && nextBus < 200 && random.nextInt(3) > 0 && functions.size() < most - 8;
        if (!bridge) {
            boolean marvell = random.nextInt(12) == 0;
            functions.add((marvell ? function.with(FunctionIds.of(0x1b4b, 0x9123)) : function).with(ports == FabricRole.CONVENTIONAL ? FabricRole.CONVENTIONAL
                    : depth == 0 ? FabricRole.INTEGRATED_ENDPOINT : FabricRole.ENDPOINT));
            return;
        }
        FabricRole type = ports == FabricRole.ROOT_PORT && depth == 0 ? random.nextInt(6) == 0 ? FabricRole.CONVENTIONAL : FabricRole.ROOT_PORT : ports;
        FabricRole below = switch (type) {
            case ROOT_PORT, DOWNSTREAM_PORT -> random.nextInt(4) == 0 ? FabricRole.PCIE_TO_PCI_BRIDGE : FabricRole.UPSTREAM_PORT;
            case UPSTREAM_PORT -> FabricRole.DOWNSTREAM_PORT;
            default -> FabricRole.CONVENTIONAL;
        };
        int secondary = nextBus++;
        int at = functions.size();
        functions.add(function);
        bus(secondary, below, depth + 1);
        functions.set(at, function.with(type).with(new BusRange(secondary, nextBus - 1)));
    }

    private Acs acs() {
        return random.nextBoolean() ? Acs.ABSENT : new Acs.Present(0x1d, 0);
    }
}
