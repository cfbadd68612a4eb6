package dev.dmarshal.core.unit;

/**
 * The whole state of a unit at one moment: registers, latched commands, fault rotation and log, queue, and all its caches. Opaque and immutable; memory and
 * devices are not part of it. Made by {@link RemappingUnit#snapshot}.
 */
public final class UnitSnapshot {

    final RegisterSnapshot registers;
    final TranslationCaches.Saved caches;

    UnitSnapshot(RegisterSnapshot registers, TranslationCaches.Saved caches) {
        this.registers = registers;
        this.caches = caches;
    }
}
