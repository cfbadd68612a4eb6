package dev.dmarshal.lab.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QtestMachineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void drivesMemoryAndPortsOfSeveralMachinesAtOnce() {
        QemuProgram program = Lab.qemu();
        try (QtestMachine one = QtestMachine.start(program, List.of("-m", "64M"), PATIENCE);
                QtestMachine two = QtestMachine.start(program, List.of("-m", "64M"), PATIENCE)) {
            store(one, 0x1122334455667788L);
            store(two, 0x99L);
            assertThat(load(one)).isEqualTo(0x1122334455667788L);
            assertThat(load(two)).isEqualTo(0x99L);
            Batch batch = one.batch();
            batch.outl(0xcf8, 0x8000_0000);
            Answer hostBridge = batch.inl(0xcfc);
            batch.write(0x2000, new byte[] {1, 2, 3});
            Answer bytes = batch.read(0x2000, 4);
            batch.send();
            assertThat(hostBridge.value() & 0xffff).as("vendor of q35's host bridge").isEqualTo(0x8086);
            assertThat(bytes.bytes()).containsExactly(1, 2, 3, 0);
        }
    }

    @Test
    void answersBatchesLargerThanAnyPipe() {
        try (QtestMachine machine = QtestMachine.start(Lab.qemu(), List.of("-m", "64M"), PATIENCE)) {
            Batch batch = machine.batch();
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                batch.writel(0x4000 + 4 * i, i);
                answers.add(batch.readl(0x4000 + 4 * i));
            }
            batch.send();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).value()).isEqualTo(i);
            }
        }
    }

    @Test
    void leavesNoProcessBehind() {
        QtestMachine machine = QtestMachine.start(Lab.qemu(), List.of("-m", "64M"), PATIENCE);
        assertThat(machine.alive()).isTrue();
        machine.close();
        assertThat(machine.alive()).isFalse();
        assertThat(ProcessHandle.of(machine.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void saysWhatQemuPrintedWhenItDoesNotStart() {
        QemuProgram program = Lab.qemu();
        assertThatThrownBy(() -> QtestMachine.start(program, List.of("-device", "no-such-device"), PATIENCE))
                .isInstanceOf(QtestException.class).hasMessageContaining("no-such-device");
    }

    @Test
    void waitsNoLongerThanItsPatience() {
        QemuProgram program = Lab.qemu();
        try (QtestMachine machine = QtestMachine.start(program, List.of("-m", "64M"), PATIENCE)) {
            Batch batch = machine.batch();
            Answer answer = batch.readl(0);
            assertThatThrownBy(answer::value).isInstanceOf(IllegalStateException.class);
            ProcessHandle.of(machine.pid()).orElseThrow().destroyForcibly();
            assertThatThrownBy(batch::send).isInstanceOf(QtestException.class);
        }
        assertThatThrownBy(() -> QtestMachine.start(program, List.of("-m", "64M"), Duration.ofNanos(1)))
                .isInstanceOf(QtestException.class).hasMessageContaining("no answer");
    }

    private static void store(QtestMachine machine, long value) {
        Batch batch = machine.batch();
        batch.writeq(0x1000, value);
        batch.send();
    }

    private static long load(QtestMachine machine) {
        Batch batch = machine.batch();
        Answer answer = batch.readq(0x1000);
        batch.send();
        return answer.value();
    }
}
