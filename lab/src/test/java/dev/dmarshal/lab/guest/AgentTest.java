package dev.dmarshal.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this side makes of a guest that gives signs of life, of another's, or none. */
class AgentTest {

    private static final Duration LONG = Duration.ofSeconds(600);

    @TempDir
    private Path folder;
    private SocketChannel guest;
    private Line line;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("line"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            guest = SocketChannel.open(address);
            line = new Line(server.accept());
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        guest.close();
        line.close();
    }

    @Test
    void signsOfLifeAreWaitedThrough() throws Exception {
        says("alive 1\nalive 1\ndone 1 3 4 0\nout\n");
        Outcome outcome = new Agent(line).run("sleep 25; echo out; exit 3", LONG);
        assertThat(outcome.out()).isEqualTo("out\n");
        assertThat(outcome.exitCode()).hasValue(3);
    }

    @Test
    void aSignOfAnotherScriptIsNotTakenForOneOfThis() throws Exception {
        says("alive 2\ndone 1 0 0 0\n");
        LabFailure failure = catchThrowableOfType(LabFailure.class, () -> new Agent(line).run("true", LONG));
        assertThat(failure.kind()).isEqualTo(Kind.GARBLED);
        assertThat(failure).hasMessageContaining("alive 2");
    }

    @Test
    void aGuestThatFallsSilentIsNotWaitedForToTheEnd() throws Exception {
        says("alive 1\n");
        LabFailure failure = catchThrowableOfType(LabFailure.class, () -> new Agent(line, Duration.ofMillis(300)).run("sleep 500", LONG));
        assertThat(failure.kind()).isEqualTo(Kind.HANGS);
        assertThat(failure).hasMessageContaining("nothing was heard of the guest").hasMessageContaining("sleep 500");
    }

    private void says(String text) throws IOException {
        guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
