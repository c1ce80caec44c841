namespace Routing.Benchmarks.Policy.Packets;

/// <summary>A way to lay policies out in the kernel.</summary>
internal abstract class PolicyLayout(string name)
{
    /// <summary>For the table.</summary>
    public string Name { get; } = name;

    /// <summary>Puts the rules of the policies of the <see cref="PolicyGrid"/> into the kernel, of all servers.</summary>
    public abstract void Apply();

    /// <summary>Takes all its rules away.</summary>
    public abstract void Clear();
}
