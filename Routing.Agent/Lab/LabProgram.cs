namespace Routing.Agent.Lab;

/// <summary>The programs that come with this one: in its own folder.</summary>
internal static class LabProgram
{
    /// <summary>`routing`, this program.</summary>
    public static string Routing => Path.Combine(AppContext.BaseDirectory, "routing");

    /// <summary>Where the CNI shim lies.</summary>
    /// <exception cref="LabException">It was not built.</exception>
    public static string ShimFolder()
    {
        var shim = Path.Combine(AppContext.BaseDirectory, Cni.ShimInstaller.ShimName);
        return File.Exists(shim)
            ? AppContext.BaseDirectory
            : throw new LabException($"the CNI shim is not built: {shim} is missing; run: dotnet build -c Release Routing.sln");
    }
}
