using System.Runtime.InteropServices;
using Routing.Agent.Native;

namespace Routing.Agent.Dataplane.Barrier;

/// <summary>membarrier(2), whose oldest command waits for a grace period of RCU.</summary>
internal static class MemoryBarrier
{
    private const int Global = 1; // MEMBARRIER_CMD_GLOBAL

    /// <returns>False when the kernel has it not, or not with processors without a tick.</returns>
    public static bool TryGlobal()
    {
        var number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 324,
            Architecture.Arm64 => 283,
            _ => -1,
        };
        return number >= 0 && LibC.SystemCall(number, Global, 0, 0) == 0;
    }
}
