using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>The endpoints of Services, which policies may name as peers.</summary>
internal sealed class ServiceTable
{
    private readonly Dictionary<NamespacedName, ServiceSliceView> _slices = [];
    private readonly Dictionary<NamespacedName, HashSet<NamespacedName>> _byService = [];

    /// <summary>The slices' names.</summary>
    public IReadOnlyCollection<NamespacedName> Names => _slices.Keys;

    /// <summary>A Service's slices.</summary>
    public IEnumerable<ServiceSliceView> Of(NamespacedName service) =>
        _byService.TryGetValue(service, out var names) ? names.Select(name => _slices[name]) : [];

    /// <summary>A slice came or changed.</summary>
    /// <returns>The Services that have other endpoints now.</returns>
    public IEnumerable<NamespacedName> Upsert(ServiceSliceView slice)
    {
        if (_slices.TryGetValue(slice.Name, out var before) && before == slice)
        {
            return [];
        }

        HashSet<NamespacedName> changed = [.. Remove(slice.Name), slice.ServiceName];
        _slices.Add(slice.Name, slice);
        if (!_byService.TryGetValue(slice.ServiceName, out var names))
        {
            _byService.Add(slice.ServiceName, names = []);
        }

        names.Add(slice.Name);
        return changed;
    }

    /// <summary>A slice went.</summary>
    /// <returns>The Services that have other endpoints now.</returns>
    public IEnumerable<NamespacedName> Remove(NamespacedName name)
    {
        if (!_slices.Remove(name, out var slice))
        {
            return [];
        }

        var names = _byService[slice.ServiceName];
        names.Remove(name);
        if (names.Count == 0)
        {
            _byService.Remove(slice.ServiceName);
        }

        return [slice.ServiceName];
    }
}
