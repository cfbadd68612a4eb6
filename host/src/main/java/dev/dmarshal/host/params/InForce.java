package dev.dmarshal.host.params;

/**
 * What follows from a command line for the host. It says what is asked for; whether the firmware and the hardware could give it, the log says.
 *
 * @param dmaRemapping whether DMA remapping (VT-d) is asked for
 * @param identityByDefault whether the host's own devices get an identity domain (pass-through), so that they are not confined
 * @param strictInvalidation whether the IOTLB is flushed at every unmap; not a question for Xen
 * @param interruptRemapping whether interrupt remapping is asked for
 * @param graphicsExcluded whether units that serve only graphics devices are left off
 * @param amdRemapping whether AMD-Vi is asked for, on a machine that has that instead; not a question for Xen, whose switch is one for both
 */
public record InForce(Setting dmaRemapping, Setting identityByDefault, Setting strictInvalidation, Setting interruptRemapping,
                      Setting graphicsExcluded, Setting amdRemapping) {
}
