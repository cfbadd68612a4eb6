package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.topology.PciFunction;

/**
 * A requester id that requests of a function may carry when they reach the root complex.
 *
 * @param id     the requester id
 * @param signer the function that signs: the function itself, a bridge above it, or its VMD controller
 * @param text   why, as a sentence
 */
public record RequesterAlias(SourceId id, PciFunction signer, String text) {
}
