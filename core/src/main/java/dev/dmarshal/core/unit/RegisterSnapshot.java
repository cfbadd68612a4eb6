package dev.dmarshal.core.unit;

/**
 * The whole state of a unit's registers at one moment: register bits, latched commands, fault rotation and log position, queue, interrupt entry cache.
 * Opaque, immutable. Memory, translation caches and devices are not part of it.
 */
final class RegisterSnapshot {

    final long[] words;
    final long[] interruptEntries;
    final LatchedState.Latches latches;
    final FaultRecorder.Position position;
    final InvalidationQueue.Ring ring;

    RegisterSnapshot(long[] words, long[] interruptEntries, LatchedState.Latches latches, FaultRecorder.Position position, InvalidationQueue.Ring ring) {
        this.words = words;
        this.interruptEntries = interruptEntries;
        this.latches = latches;
        this.position = position;
        this.ring = ring;
    }
}
