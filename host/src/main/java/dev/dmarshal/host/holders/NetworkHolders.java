package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who holds a device through its network interfaces: addresses, routes, bonds, bridges, VLANs, Open vSwitch, and the session that asks. */
final class NetworkHolders {

    private static final String CLASS = "/sys/class/net/";

    private final HostRoot host;
    private final DeviceNodes classes;
    private final HolderLedger ledger;
    private final RouteTable routes;
    private final Map<String, Set<String>> stacks = new HashMap<>();

    NetworkHolders(HostRoot host, DeviceNodes classes, HolderLedger ledger) {
        this.host = host;
        this.classes = classes;
        this.ledger = ledger;
        this.routes = RouteTable.of(host);
    }

    void read(Optional<String> session) {
        classes.trouble("net").ifPresent(why -> ledger.unseen(HolderArea.NETWORK, why));
        routes.trouble().forEach(why -> ledger.unseen(HolderArea.NETWORK, why));
        for (DeviceNodes.Node node : classes.of("net")) {
            if (!node.owners().isEmpty()) {
                readInterface(node);
            }
        }
        readSession(session);
        for (DeviceNodes.Node node : classes.of("infiniband")) {
            ledger.add(node.owners(), HolderKind.RDMA, "RDMA device " + node.name(), "/sys/class/infiniband/" + node.name());
        }
    }

    private void readInterface(DeviceNodes.Node node) {
        Set<String> stack = stack(node.name());
        boolean held = false;
        for (String name : stack) {
            String through = name.equals(node.name()) ? name : name + ", which lies on " + node.name();
            if (routes.isDefault(name)) {
                ledger.add(node.owners(), HolderKind.DEFAULT_ROUTE, "the default route leaves by " + through, routes.path());
                held = true;
            } else if (routes.has(name)) {
                ledger.add(node.owners(), HolderKind.ROUTE, "addresses or routes are on " + through, routes.path());
                held = true;
            }
        }
        if (stack.size() > 1) {
            String upper = stack.stream().skip(1).map(this::described).reduce((left, right) -> left + ", " + right).orElse("");
            ledger.add(node.owners(), HolderKind.NET_PORT, node.name() + " is a port of " + upper, CLASS + node.name());
        } else if (!held) {
            String state = host.text(CLASS + node.name() + "/operstate").present().map(text -> ", " + text.strip()).orElse("");
            ledger.add(node.owners(), HolderKind.INTERFACE, "interface " + node.name() + state, CLASS + node.name());
        }
    }

    /** The interface and all that lie on it, nearest first ({@code upper_*} and {@code master}, Documentation/ABI/testing/sysfs-class-net). */
    private Set<String> stack(String name) {
        return stacks.computeIfAbsent(name, first -> {
            Set<String> seen = new LinkedHashSet<>();
            Deque<String> next = new ArrayDeque<>(List.of(first));
            while (!next.isEmpty()) {
                String current = next.poll();
                if (seen.add(current)) {
                    host.list(CLASS + current).present().orElse(List.of()).stream().filter(entry -> entry.startsWith("upper_"))
                            .forEach(entry -> next.add(entry.substring("upper_".length())));
                    host.linkName(CLASS + current + "/master").present().ifPresent(next::add);
                }
            }
            return seen;
        });
    }

    private String described(String name) {
        String type = host.text(CLASS + name + "/uevent").present().orElse("").lines().filter(line -> line.startsWith("DEVTYPE=")).findFirst()
                .map(line -> line.substring("DEVTYPE=".length()) + " ").orElse(name.equals("ovs-system") ? "Open vSwitch " : "");
        return type + name;
    }

    private void readSession(Optional<String> session) {
        Optional<String> address = session.map(text -> text.strip().split(" ")).filter(words -> words.length == 4).map(words -> words[2]);
        if (address.isEmpty()) {
            return;
        }
        Optional<String> through = routes.interfaceOf(address.get());
        if (through.isEmpty()) {
            ledger.unseen(HolderArea.NETWORK, "SSH_CONNECTION: no interface is known with the address of this session");
            return;
        }
        for (DeviceNodes.Node node : classes.of("net")) {
            List<Sbdf> owners = node.owners();
            if (!owners.isEmpty() && stack(node.name()).contains(through.get())) {
                ledger.add(owners, HolderKind.SESSION, "this session comes in through " + node.name(), "SSH_CONNECTION");
            }
        }
    }
}
