package dev.dmarshal.bench;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionReader;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A topology as a boot log shows it: addresses, ids, classes, buses below bridges and groups, but neither PCI Express types nor ACS. What is missing is left
 * unmeasured, or filled in so that it agrees with the published groups: whether one filling explains all of them is then the question.
 */
record LoggedTopology(List<PciFunction> functions, Map<Integer, List<Sbdf>> groups) {

    private static final int COLUMNS = 6;

    static LoggedTopology read(Path file) throws IOException {
        List<PciFunction> functions = new ArrayList<>();
        Map<Integer, List<Sbdf>> groups = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] column = line.split("\t");
            if (line.startsWith("#") || column.length < COLUMNS || column[2].equals("-")) {
                continue;
            }
            String[] part = column[0].split("[:.]");
            Sbdf address = new Sbdf(Integer.parseUnsignedInt(part[0], 16), Integer.parseInt(part[1], 16), Integer.parseInt(part[2], 16),
                    Integer.parseInt(part[3]));
            PciFunction function = PciFunction.at(address).with(FunctionIds.of(Integer.parseInt(column[2].substring(0, 4), 16),
                    Integer.parseInt(column[2].substring(5), 16)));
            function = column[3].startsWith("0x") ? function.withClass(Integer.parseInt(column[3].substring(2), 16)) : function;
            if (column[5].startsWith("[bus ")) {
                String[] bus = column[5].substring(5, column[5].length() - 1).split("-");
                function = function.with(new BusRange(Integer.parseInt(bus[0], 16), Integer.parseInt(bus[bus.length - 1], 16)));
            }
            functions.add(function);
            if (!column[1].equals("-")) {
                groups.computeIfAbsent(Integer.parseInt(column[1]), number -> new ArrayList<>()).add(address);
            }
        }
        return new LoggedTopology(FunctionReader.withVmdOwners(functions), groups);
    }

    /** Roles by place, and ACS so that a port isolates if what is below it is not in its group, and a function if nobody of its device is. */
    List<PciFunction> filled() {
        PciTree tree = PciTree.of(functions);
        Map<Sbdf, Integer> numbers = new TreeMap<>();
        groups.forEach((number, members) -> members.forEach(member -> numbers.put(member, number)));
        List<PciFunction> filled = new ArrayList<>();
        for (PciFunction function : functions) {
            boolean root = tree.busOf(function).parent().isEmpty();
            Set<Optional<Integer>> near = new HashSet<>();
            tree.busBelow(function).ifPresent(bus -> bus.functions().forEach(below -> near.add(Optional.ofNullable(numbers.get(below.address())))));
            tree.busOf(function).functions().stream().filter(other -> other != function && other.address().device() == function.address().device())
                    .forEach(other -> near.add(Optional.ofNullable(numbers.get(other.address()))));
            boolean apart = !near.contains(Optional.ofNullable(numbers.get(function.address())));
            FabricRole role = function.bridge() ? root ? FabricRole.ROOT_PORT : FabricRole.DOWNSTREAM_PORT : root ? FabricRole.CONVENTIONAL
                    : FabricRole.ENDPOINT;
            if (root && !function.bridge() && apart) {
                role = FabricRole.INTEGRATED_ENDPOINT;
            }
            filled.add(function.with(role).with(apart ? new Acs.Present(0x1d, 0) : Acs.ABSENT));
        }
        return filled;
    }
}
