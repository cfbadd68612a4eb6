package dev.dmarshal.doctor.watch;

import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.watch.Notice.Loss;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Adds up what was left out, by who did it, and says it at most once in {@link #INTERVAL_NANOS}: in a storm each burst of faults leaves out some. */
final class Losses {

    static final long INTERVAL_NANOS = 10_000_000_000L;

    private static final class Account {
        long total;
        long unsaid;
        long saidNanos;
        boolean said;
        Optional<LogTime> time = Optional.empty();
    }

    private final Map<Loss, Account> accounts = new EnumMap<>(Loss.class);
    private final Limiter limiter;

    Losses(Limiter limiter) {
        this.limiter = limiter;
    }

    void add(Loss what, long count, Optional<LogTime> time, long now) {
        Account account = accounts.computeIfAbsent(what, none -> new Account());
        account.total += count;
        account.unsaid += count;
        account.time = time;
        tick(now);
    }

    void tick(long now) {
        accounts.forEach((what, account) -> {
            if (account.unsaid > 0 && (!account.said || now - account.saidNanos >= INTERVAL_NANOS)) {
                say(what, account, now);
            }
        });
    }

    void close(long now) {
        accounts.forEach((what, account) -> {
            if (account.unsaid > 0) {
                say(what, account, now);
            }
        });
    }

    long total(Loss what) {
        return accounts.containsKey(what) ? accounts.get(what).total : 0;
    }

    private void say(Loss what, Account account, long now) {
        Notice notice = new Notice.Lost(what, account.unsaid, account.time);
        limiter.say(Limiter.Sort.OTHER, () -> notice, now);
        account.unsaid = 0;
        account.said = true;
        account.saidNanos = now;
    }
}
