package dev.dmarshal.host.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.core.pci.topology.FabricRole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups of hand-made topologies, and what holds for the groups of any topology. */
class IommuGroupsTest {

    private static final int ROUNDS = 1_000;

    static List<GroupCases.Case> cases() throws IOException {
        return GroupCases.read();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void groupsOfHandMadeTopologies(GroupCases.Case row) {
        IommuGroups groups = IommuGroups.of(PciTree.of(row.functions()), row.plan());
        assertThat(groups.partition()).isEqualTo(IommuGroups.partition(row.groups()));
        for (GroupCases.Why why : row.whys()) {
            Joining joining = groups.joining(why.function()).orElseThrow();
            assertThat(joining.kind().name().toLowerCase(Locale.ROOT).replace('_', '-')).as(joining.text()).isEqualTo(why.step());
            assertThat(joining.culprit().map(PciFunction::address)).as(joining.text()).contains(why.culprit());
        }
    }

    @Test
    void unmeasuredAcsIsSaidAndCountsAsMissing() {
        Sbdf port = new Sbdf(0, 0, 0x1c, 0);
        Sbdf card = new Sbdf(0, 1, 0, 0);
        PciTree tree = PciTree.of(List.of(PciFunction.at(port).with(FabricRole.ROOT_PORT).with(new BusRange(1, 1)), PciFunction.at(card)
                .with(FabricRole.ENDPOINT)));
        IommuGroups groups = IommuGroups.of(tree, KernelPlan.STANDARD);
        assertThat(groups.groups()).hasSize(1);
        assertThat(groups.certain(groups.groups().getFirst())).isFalse();
        assertThat(groups.joining(card).orElseThrow().text()).contains("was not measured");
        assertThat(IommuGroups.of(tree, KernelPlan.STANDARD, Guess.APART).groups()).hasSize(2);
    }

    @Test
    void whyTwoFunctionsAreTogetherIsTheWayFromOneToTheOther() throws IOException {
        GroupCases.Case row = cases().stream().filter(one -> one.name().startsWith("multi-function root ports")).findFirst().orElseThrow();
        IommuGroups groups = IommuGroups.of(PciTree.of(row.functions()), row.plan());
        assertThat(groups.why(GroupCases.address("01:00.0"), GroupCases.address("02:00.0"))).extracting(Joining::kind)
                .containsExactlyInAnyOrder(Joining.Kind.PORT_NOT_ISOLATED, Joining.Kind.PORT_NOT_ISOLATED, Joining.Kind.MULTIFUNCTION);
        assertThat(groups.why(GroupCases.address("01:00.0"), GroupCases.address("00:00.0"))).isEmpty();
    }

    @Test
    void everyFunctionIsInOneGroupAndMoreAcsNeverMerges() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<PciFunction> functions = RandomTopology.of(random, 60);
            Map<Sbdf, Set<Sbdf>> before = IommuGroups.of(PciTree.of(functions), KernelPlan.STANDARD).partition();
            assertThat(before.keySet()).as("seed %d", seed).hasSize(functions.size());
            before.forEach((member, group) -> assertThat(group).as("seed %d", seed).contains(member));
            int at = random.nextInt(functions.size());
            List<PciFunction> more = new ArrayList<>(functions);
            more.set(at, functions.get(at).with(new Acs.Present(0x1d, 0)));
            Map<Sbdf, Set<Sbdf>> after = IommuGroups.of(PciTree.of(more), KernelPlan.STANDARD).partition();
            after.forEach((member, group) -> assertThat(before.get(member)).as("seed %d round: ACS given to %s", seed, functions.get(at)).containsAll(group));
        }
    }

    @Test
    void groupsDoNotDependOnTheOrderOfTheListing() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<PciFunction> functions = RandomTopology.of(random, 40);
            List<PciFunction> shuffled = new ArrayList<>(functions);
            java.util.Collections.shuffle(shuffled, random);
            assertThat(IommuGroups.of(PciTree.of(shuffled), KernelPlan.STANDARD).partition()).isEqualTo(IommuGroups.of(PciTree.of(functions),
                    KernelPlan.STANDARD).partition());
        }
    }

    @Test
    void overridesAreNotedWhereTheyDoNothing() throws IOException {
        GroupCases.Case row = cases().stream().filter(one -> one.name().startsWith("ACS override on a kernel without")).findFirst().orElseThrow();
        assertThat(IommuGroups.of(PciTree.of(row.functions()), row.plan()).notes()).anyMatch(note -> note.contains("pcie_acs_override does nothing"));
    }

    @Test
    void theQuirkTableIsWellFormed() {
        Set<String> seen = new HashSet<>();
        for (QuirkRow row : QuirkTable.standard().rows()) {
            assertThat(row.source()).startsWith("Linux drivers/pci/quirks.c ");
            row.devices().forEach(span -> {
                assertThat(span.first()).isLessThanOrEqualTo(span.last()).isBetween(0, 0xffff);
                assertThat(seen.add(row.effect() + " " + row.vendor() + " " + span)).as(row.toString()).isTrue();
            });
        }
        assertThat(QuirkTable.standard().of(PciFunction.at(new Sbdf(0, 0, 0, 0)).with(FunctionIds.of(0x1b4b, 0x9230)))).hasSize(1);
    }
}
