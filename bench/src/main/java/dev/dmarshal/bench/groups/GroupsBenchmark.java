package dev.dmarshal.bench.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.KernelPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Groups of a synthetic host, by its number of functions; the tree alone is the baseline. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GroupsBenchmark {

    private static final int BELOW = 8;
    private static final int PORTS = 28;

    /** How many functions the host has. */
    @Param({"200", "1000", "10000", "40000"})
    int functions;

    private List<PciFunction> host;

    /** Segments of 28 root ports each, every third without ACS, below each a card of eight functions, half of them without ACS. */
    @Setup
    public void build() {
        host = new ArrayList<>();
        for (int segment = 0; host.size() < functions; segment++) {
            for (int port = 0; port < PORTS && host.size() < functions; port++) {
                host.add(PciFunction.at(new Sbdf(segment, 0, port, 0)).with(FunctionIds.of(0x8086, 0x2030)).with(FabricRole.ROOT_PORT)
                        .withMultifunction(false).with(port % 3 == 0 ? Acs.ABSENT : new Acs.Present(0x1d, 0)).with(new BusRange(port + 1, port + 1)));
                for (int function = 0; function < BELOW && host.size() < functions; function++) {
                    host.add(PciFunction.at(new Sbdf(segment, port + 1, 0, function)).with(FunctionIds.of(0x8086, 0x1521 + function))
                            .with(FabricRole.ENDPOINT).withMultifunction(true).with(function % 2 == 0 ? Acs.ABSENT : new Acs.Present(0x1d, 0)));
                }
            }
        }
    }

    /** Tree and groups. */
    @Benchmark
    public int groups() {
        return IommuGroups.of(PciTree.of(host), KernelPlan.STANDARD).groups().size();
    }

    /** The tree alone. */
    @Benchmark
    public int tree() {
        return PciTree.of(host).probeOrder().size();
    }
}
