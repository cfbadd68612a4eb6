package dev.dmarshal.lab.topology;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.MachineSpec;
import dev.dmarshal.lab.machine.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A machine with random topologies, one in each slot of its root complex: root ports with and without ACS, switches, bridges to conventional PCI and behind
 * them further ones, multi-function devices, integrated endpoints. Groups never cross slots of the root complex, so each slot is a topology of its own.
 *
 * @param spec        the machine
 * @param commandLine parameters for its kernel, some of which switch ACS off again at random ports
 */
public record RandomMachine(MachineSpec spec, String commandLine) {

    /** Most topologies in one machine: the slots that the chipset leaves, less one. */
    public static final int MOST = 28;
    private static final int FIRST_SLOT = 2;
    private static final int DEEPEST = 4;
    private static final int MOST_PARTS = 14;
    /** Devices without I/O ports: those would need a window of 4 KiB of 64 at each port. PCI Express ones come first. */
    private static final List<String> MODELS = List.of("nvme", "qemu-xhci", "virtio-rng-pci", "edu", "intel-hda");
    private static final int EXPRESS_MODELS = 3;

    /** Makes a machine with this many topologies, the same for the same random numbers. */
    public static RandomMachine of(Random random, int topologies) throws LabFailure {
        return new Maker(random).make(topologies);
    }

    private static final class Maker {

        private final Random random;
        private final MachineSpec.Builder builder = MachineSpec.builder();
        private final List<String> ports = new ArrayList<>();
        private int made;
        private int inSlot;

        Maker(Random random) {
            this.random = random;
        }

        RandomMachine make(int topologies) throws LabFailure {
            for (int slot = FIRST_SLOT; slot < FIRST_SLOT + topologies; slot++) {
                inSlot = 0;
                switch (random.nextInt(8)) {
                    case 0 -> functions(Part.ROOT_COMPLEX, slot, MODELS.size());
                    case 1 -> conventional(slot);
                    default -> rootPorts(slot);
                }
            }
            return new RandomMachine(builder.build(), commandLine());
        }

        private String commandLine() {
            List<String> chosen = ports.stream().filter(port -> random.nextInt(6) == 0).limit(8).toList();
            return "intel_iommu=on" + (chosen.isEmpty() || random.nextBoolean() ? "" : " pci=disable_acs_redir=" + String.join(";", chosen));
        }

        private void rootPorts(int slot) {
            int count = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
            boolean acs = random.nextInt(3) > 0;
            List<String> made = new ArrayList<>();
            for (int function = 0; function < count; function++) {
                String id = name("root");
                Part port = (random.nextInt(3) == 0 ? Part.intelRootPort(id) : Part.rootPort(id)).at(address(slot, function));
                boolean own = random.nextInt(5) == 0 ? random.nextBoolean() : acs;
                add(multifunction(own ? port : port.withoutAcs()));
                ports.add(String.format(Locale.ROOT, "0000:00:%02x.%d", slot, function));
                made.add(id);
            }
            made.forEach(id -> belowPort(id, 1));
        }

        /** What is plugged into a port: one device, or the upstream port of a switch, or a bridge. */
        private void belowPort(String port, int depth) {
            int what = inSlot >= MOST_PARTS || depth >= DEEPEST ? 0 : random.nextInt(6);
            switch (what) {
                case 1, 2 -> belowSwitch(port, depth);
                case 3 -> {
                    String id = name("bridge");
                    add(Part.pciBridge(id).on(port).at("00.0"));
                    belowBridge(id, depth + 1);
                }
                case 4 -> {
                }
                default -> functions(port, 0, MODELS.size());
            }
        }

        private void belowSwitch(String port, int depth) {
            String up = name("up");
            add(multifunction(Part.switchUpstream(up).on(port).at("00.0")));
            if (random.nextInt(4) == 0) {
                add(model(MODELS.get(random.nextInt(EXPRESS_MODELS)), name("beside")).on(port).at("00.1"));
            }
            List<String> down = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            boolean oneSlot = random.nextBoolean();
            for (int i = 0; i < count; i++) {
                String id = name("down");
                add(multifunction(Part.switchDownstream(id).on(up).at(oneSlot ? address(0, i) : address(i, 0))));
                down.add(id);
            }
            down.forEach(id -> belowPort(id, depth + 1));
        }

        private void conventional(int slot) {
            String id = name("dmi");
            add(Part.device("i82801b11-bridge", id).at(address(slot, 0)));
            belowBridge(id, 1);
        }

        private void belowBridge(String bridge, int depth) {
            int count = random.nextInt(3);
            for (int device = 1; device <= count; device++) {
                if (depth < DEEPEST && random.nextInt(4) == 0) {
                    String id = name("pci");
                    add(Part.device("pci-bridge", id).on(bridge).at(address(device, 0)).with("chassis_nr", Integer.toString(100 + made)).with("shpc", "off"));
                    belowBridge(id, depth + 1);
                } else {
                    functions(bridge, device, MODELS.size());
                }
            }
        }

        /** A device of one or several functions. */
        private void functions(String bus, int device, int models) {
            int count = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
            for (int function = 0; function < count; function++) {
                String model = MODELS.get(random.nextInt(models));
                add(model(model, name("card")).on(bus).at(address(device, function)));
            }
        }

        private Part model(String model, String id) {
            Part part = Part.device(model, id);
            return model.equals("nvme") ? part.with("serial", "lab" + made) : part;
        }

        /** Now and then a function that says that it has neighbours and has none. */
        private Part multifunction(Part part) {
            return part.address().orElseThrow().endsWith(".0") && random.nextInt(5) == 0 ? part.with("multifunction", "on") : part;
        }

        private void add(Part part) {
            builder.part(part);
            made++;
            inSlot++;
        }

        private String name(String kind) {
            return kind + made;
        }

        private static String address(int device, int function) {
            return String.format(Locale.ROOT, "%02x.%d", device, function);
        }
    }
}
