using System.Text;
using Routing.Agent.Native;

namespace Routing.Agent.Namespaces;

/// <summary>Settings under /proc/sys/net of the calling thread's network namespace: the kernel looks at the thread that
/// opens the file (net/sysctl_net.c), so no mount of /proc inside the namespace is needed.</summary>
internal static unsafe class Sysctl
{
    private const int WriteOnly = 1; // O_WRONLY

    /// <param name="key">Below /proc/sys/net, with slashes.</param>
    public static void Write(string key, string value)
    {
        var target = $"{PathOf(key)} = {value}";
        using var file = Kernel.Open(PathOf(key), WriteOnly, "write sysctl", target);
        var octets = Encoding.ASCII.GetBytes(value);
        fixed (byte* data = octets)
        {
            Kernel.Check((int)LibC.Write(file, data, octets.Length), "write sysctl", target);
        }
    }

    public static string Read(string key) => File.ReadAllText(PathOf(key)).Trim();

    private static string PathOf(string key) => $"/proc/sys/net/{key}";
}
